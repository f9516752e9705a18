"""Grids as files: GeoJSON, Shapefile and workbooks, read with a sentence for every fault and written to be read back.

Pure. Begin at ``reading.survey`` and ``reading.read_grids``, or at ``writers``.
"""
