"""`python -m benchmarks.editor`: says what to install before it imports what may be missing."""

import sys
from importlib.util import find_spec

NEEDED = ("typer", "rich", "psutil")


def main() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        print(f'It needs {", ".join(missing)}: pip install "qb[dev]"', file=sys.stderr)
        sys.exit(4)
    from benchmarks.editor.cli import app

    app(prog_name="python -m benchmarks.editor")


if __name__ == "__main__":
    main()
