"""What `manage.py bench` measures, a module each: the queue, the point lookup, the import of grids."""
