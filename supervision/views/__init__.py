"""The pages of supervision orders."""
