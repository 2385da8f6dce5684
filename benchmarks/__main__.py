"""`python -m benchmarks`: says what to install before it imports what may be missing."""

import sys
from importlib.util import find_spec
from pathlib import Path

NEEDED = ("typer", "rich", "psutil", "asyncpg", "sqlalchemy")


def main() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        print(f'The benchmarks need {", ".join(missing)}: pip install -e ".[bench]"', file=sys.stderr)
        sys.exit(4)
    if find_spec("promptliano") is None:  # where qb is not installed from this folder, as `-e` does
        sys.path.append(str(Path(__file__).parents[1] / "codecs"))
    from benchmarks.cli import app

    app(prog_name="python -m benchmarks")


if __name__ == "__main__":
    main()
