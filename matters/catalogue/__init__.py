"""A workbook of matters on its way into a draft edition, and an edition on its way into a workbook."""
