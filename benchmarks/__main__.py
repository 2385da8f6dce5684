"""`python -m benchmarks`: says what to install before it imports what may be missing."""

import sys
from importlib.util import find_spec

NEEDED = ("typer", "rich", "psutil", "asyncpg", "sqlalchemy")


def main() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        print(f'The benchmarks need {", ".join(missing)}: pip install "qb[bench]"', file=sys.stderr)
        sys.exit(4)
    from benchmarks.cli import app

    app(prog_name="python -m benchmarks")


if __name__ == "__main__":
    main()
