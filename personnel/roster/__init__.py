"""A roster: read the file, compare it with the register, write its template and its faults."""
