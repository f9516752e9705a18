"""What can be done with the territory."""
