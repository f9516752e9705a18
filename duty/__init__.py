"""The duty roster (值班表): who is on duty when in a body, who stands in, and the hand-over (Art. 17, 18)."""
