"""How it is measured: processes, rounds, clocks, statistics, verification."""
