"""Picture files: their structure is read without decoding (pure), then a separate process redraws them."""
