"""The pages of lists, proposals, filings and requests; nothing is decided here."""
