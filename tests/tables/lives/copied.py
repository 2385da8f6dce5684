"""A copy of the systems' code that is edited as their engineers would, and the command that reads it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.documents import ROOT

SYSTEMS: Final = "promptliano", "pivotal", "supabase_chat", "chronos", "archetype"
_CONFIG: Final = """
[tool.qb.databases.{0}]
url = "env:DATABASE_URL"
schema = "tables.{0}:schema"
migrations = "migrations/{0}"
prefix = "index"
coexist = ["alembic", "directus", "kysely"]
"""


class Edit(NamedTuple):
    """What stands in a file, once, and what is to stand there."""

    file: str
    old: str
    new: str


class Change(NamedTuple):
    """A change of a system, as somebody would make it in a day."""

    name: str
    edits: tuple[Edit, ...]
    words: tuple[str, ...]
    """What `qb generate` is told."""
    says: tuple[str, ...]
    """What the file of the way up has to hold."""


def changes(system: str) -> list[Change]:
    """Those of a system, in order."""
    text = Path(__file__).with_name(f"{system}.txt").read_text(encoding="utf-8")
    return [_change(each) for each in re.split(r"^@ ", text, flags=re.MULTILINE)[1:]]


def _change(text: str) -> Change:
    name, *lines = text.splitlines()
    edits: list[Edit] = []
    file, old, new = "", list[str](), list[str]()
    words, says = list[str](), list[str]()
    for line in [*lines, "= "]:
        sign, said = line[:1], line[2:]
        if sign in "=-" and (new or (sign == "=" and old)):
            edits.append(Edit(file, "".join(old), "".join(new)))
            old, new = [], []
        match sign:
            case "=":
                file = said
            case "-":
                old.append(f"{said}\n")
            case "+":
                new.append(f"{said}\n")
            case "~":
                words.append(said)
            case _:
                says.append(said)
    return Change(name, tuple(edits), tuple(words), tuple(says))


class Copied:
    """The code of all systems in a folder, with a config for each."""

    def __init__(self, folder: Path, begun: subprocess.Popen[str]) -> None:
        self.folder = folder
        self.begun = begun

    def edit(self, edits: tuple[Edit, ...]) -> None:
        for each in edits:
            file = self.folder / each.file
            text = file.read_text(encoding="utf-8")
            assert text.count(each.old) == 1, f"{each.file} has {text.count(each.old)} times:\n{each.old}"
            file.write_text(text.replace(each.old, each.new), encoding="utf-8")

    def run(self, system: str, url: str, *words: str) -> tuple[int, dict[str, Any]]:
        """A command, as it exits and what it says."""
        asked = {"words": [*words, "--database", system, "--json"], "environment": {"DATABASE_URL": url}}
        assert self.begun.stdin is not None
        assert self.begun.stdout is not None
        self.begun.stdin.write(json.dumps(asked) + "\n")
        self.begun.stdin.flush()
        code = int(self.begun.stdout.readline())
        output, errors = ((self.folder / name).read_text(encoding="utf-8") for name in ("output", "errors"))
        assert output.startswith("{"), output + errors
        said: dict[str, Any] = json.loads(output)
        return code, said


@contextmanager
def copied(folder: Path) -> Generator[Copied]:
    """The copy, as long as the block runs."""
    for each in ("tables", "codecs"):
        shutil.copytree(ROOT / each, folder / each, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "pyproject.toml").write_text("".join(map(_CONFIG.format, SYSTEMS)), encoding="utf-8")
    paths = os.pathsep.join(map(str, (ROOT, folder / "codecs")))
    environment = {**os.environ, "PYTHONPATH": paths, "NO_COLOR": "1"}
    command = [sys.executable, "-P", str(Path(__file__).with_name("forked.py"))]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as begun:
        try:
            yield Copied(folder, begun)
        finally:
            begun.kill()
