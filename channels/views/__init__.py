"""The pages of the channels outside."""
