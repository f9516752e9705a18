"""The pages of improvement tasks."""
