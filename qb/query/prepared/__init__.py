"""`@prepare`: a query that is built once and called with values, and what makes that safe."""
