"""What the pages of plans, sector grids and rules ask for."""
