"""The pages of lists, proposals, filings and requests. No rule is decided here."""
