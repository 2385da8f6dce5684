"""What every command of `qb` is made of: its options, its answer, how that is shown and how it exits."""
