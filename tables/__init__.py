"""Real databases described with qb, one package each."""
