"""The geometry of the grid register: measures, coverage and cutting. Pure; all coordinates are EPSG:4490 degrees."""
