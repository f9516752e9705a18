"""Forms translate; they never write."""
