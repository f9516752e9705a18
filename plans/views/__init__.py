"""The pages of plans, the map editor, imports, filings, sector grids and rules."""
