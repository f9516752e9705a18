"""What can be done with plans, their grids, filings, sector grids and imports: one function a verb."""
