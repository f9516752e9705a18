"""Files of pictures: read by their structure without decoding (pure), and drawn afresh in a process of its own."""
