"""The actions on the territory."""
