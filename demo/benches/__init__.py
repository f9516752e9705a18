"""The measurements of `manage.py bench`, one module each: the queue, the point lookup, the import of grids."""
