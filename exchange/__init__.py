"""Reads grids from GeoJSON, Shapefile and workbook files, and writes files that can be read back.

Every fault in a file gets a sentence. Pure. Begin at ``reading.survey`` and ``reading.read_grids``, or at ``writers``.
"""
