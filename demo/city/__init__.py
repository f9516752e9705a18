"""The whole city of `make demo`: people in all counties, and sixty days of cases written by COPY."""
