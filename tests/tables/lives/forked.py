"""Runs the command in processes that have it imported already: each begins as this one is, and ends with its command.

A line of its input is a command as JSON; what it says goes into the files `output` and `errors`, and how it exits is a
line of the output.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from qb.kit.command.application import QB_COMMANDS, application
from qb.kit.command.main import main

USED = "generate", "migrate", "rollback", "drift", "seed"


def perform(asked: dict[str, Any]) -> NoReturn:
    """In a process of its own."""
    for number, name in ((1, "output"), (2, "errors")):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), number)
    os.environ.update(asked["environment"])
    sys.path.insert(0, str(Path.cwd()))
    main(asked["words"])


def begin() -> None:
    """Import what commands would, none of it with a thread or a connection."""
    assert set(USED) <= QB_COMMANDS.keys()
    for each in USED:
        importlib.import_module(f"qb.kit.command.{each}")
    importlib.import_module("qb.run.database.connect")
    application()


def serve() -> None:
    begin()
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            perform(json.loads(line))
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    serve()
