"""What differs between two databases, as a value and in words."""
