"""Random re-checks (抽查) of closed cases: which were drawn, by which seed, and what was found (Art. 12, 23)."""
