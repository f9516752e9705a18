"""The actions on plans, their grids, filings, sector grids and imports: one function per verb."""
