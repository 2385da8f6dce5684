"""Another database brought here: looked at, converted, loaded, and compared."""
