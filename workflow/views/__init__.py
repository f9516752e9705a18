"""The pages of the workflow: a view fetches, validates, acts, answers."""
