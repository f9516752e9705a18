"""The forms of the pages of plans, sector grids and rules."""
