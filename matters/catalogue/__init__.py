"""Importing a workbook of matters into a draft edition, and exporting an edition as a workbook."""
