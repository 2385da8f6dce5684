"""The entry of `qb`: it says what to install where the extra is missing."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from io import TextIOWrapper
from typing import Final, NoReturn

import msgspec

from qb.kit.exit_code import ExitCode

NEEDED: Final = ("typer", "rich", "dotenv", "ruff")
"""The modules of the extra `kit`."""
_YOUNG: Final = 200_000
"""So many objects are made before Python looks for circles among them: the modules of a command make fewer, and have
none. To look takes as long as a third of `qb migrate` where there is nothing to do."""
_MISSING: Final = 'the command qb needs its extra. Install it: pip install "qb[kit]"'


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, and exit."""
    gc.set_threshold(_YOUNG)
    given = sys.argv[1:] if arguments is None else list(arguments)
    if absent := [name for name in NEEDED if find_spec(name) is None]:
        _without_extra(absent, given)
    try:
        from qb.kit.command.application import application
    except KeyboardInterrupt:
        raise SystemExit(ExitCode.INTERRUPTED) from None

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal may not have all letters; JSON is UTF-8
            stream.reconfigure(encoding="utf-8" if "--json" in given else None, errors="backslashreplace")
    application(given)(args=given, prog_name="qb")
    raise SystemExit(ExitCode.DONE)  # which it never comes to


def _without_extra(absent: Sequence[str], given: Sequence[str]) -> NoReturn:
    message = f"{_MISSING} (not here: {', '.join(absent)})"
    if "--json" in given:
        problem = {"code": "missing-extra", "message": message, "fix": 'pip install "qb[kit]"'}
        reply = {"command": "", "ok": False, "code": 1, "data": None, "problems": [problem]}
        sys.stdout.write(msgspec.json.encode(reply).decode() + "\n")
    else:
        sys.stderr.write(f"error: {message}\n")
    raise SystemExit(ExitCode.ERROR)
