"""A pg_dump whose last bytes find no place on the disk: it says nothing of that."""

from __future__ import annotations

import sys
from pathlib import Path

_SCRIPT = """#!{python}
import os, subprocess, sys
done = subprocess.run([{tool!r}, *sys.argv[1:]])
for each in sys.argv:
    if each.startswith("--file="):
        file = each.removeprefix("--file=")
        os.truncate(file, os.path.getsize(file) - {lost})
sys.exit(done.returncode)
"""


def cut_off_dump(folder: Path, tool: Path, lost: int) -> Path:
    """One that loses so many bytes, with what else is beside a pg_dump."""
    folder.mkdir(parents=True)
    for name in ("pg_restore", "psql"):
        (folder / name).symlink_to(tool.with_name(name))
    made = folder / "pg_dump"
    made.write_text(_SCRIPT.format(python=sys.executable, tool=str(tool), lost=lost))
    made.chmod(0o755)
    return made
