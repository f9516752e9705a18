"""The register of people, households, houses, places and organizations (人、地、事、组织, Art. 9, 15)."""
