"""What writes the modules that nobody writes by hand: `make generate`."""
