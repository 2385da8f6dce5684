"""What is said of it: results as data, tables, charts, targets, comparison with an older run."""
