"""Improvement tasks (治理任务): what comes back again and again is mended at its cause (Art. 19)."""
