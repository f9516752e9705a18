"""The signed-in home and the pages around it: a view fetches, validates, acts, answers."""
