"""`python -m benchmarks.lines`: the lines of the three programs, as a table."""

from benchmarks.lines.count import table

print(table())
