"""The pages of re-checks."""
