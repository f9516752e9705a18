"""A simulated county on the real actions, with a clock that can be moved, and an independent account of its debts."""
