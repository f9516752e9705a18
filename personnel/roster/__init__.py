"""A file of people on its way into posts: read, compared with what is known, written as template and as faults."""
