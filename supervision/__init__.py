"""Supervision orders (督办单): who is asked why a case stands still, and what became of the answer (Art. 5, 17, 18)."""
