"""A copy of a system's code that is edited as its engineers would, and the command that reads it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.documents import ROOT

_CONFIG: Final = """
[tool.qb.databases.default]
url = "env:DATABASE_URL"
schema = "tables.{}:schema"
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
    """The code of all systems in a folder, with a config for one of them."""

    def __init__(self, folder: Path, system: str, url: str) -> None:
        self.folder = folder
        for each in ("tables", "codecs"):
            shutil.copytree(ROOT / each, folder / each, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "pyproject.toml").write_text(_CONFIG.format(system), encoding="utf-8")
        paths = os.pathsep.join([str(folder), str(folder / "codecs")])
        self.environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": paths, "NO_COLOR": "1"}

    def edit(self, edits: tuple[Edit, ...]) -> None:
        for each in edits:
            file = self.folder / each.file
            text = file.read_text(encoding="utf-8")
            assert text.count(each.old) == 1, f"{each.file} has {text.count(each.old)} times:\n{each.old}"
            file.write_text(text.replace(each.old, each.new), encoding="utf-8")

    def run(self, *words: str) -> tuple[int, dict[str, Any]]:
        """A command, as it exits and what it says."""
        command = [str(Path(sys.executable).with_name("qb")), *words, "--json"]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.stdout.startswith("{"), done.stdout + done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        return done.returncode, said

    def qb(self, *words: str) -> dict[str, Any]:
        """One that does what it is to do."""
        code, said = self.run(*words)
        assert code == 0, f"qb {' '.join(words)}: {code}\n{json.dumps(said['problems'], indent=1)}"
        return said

    def generate(self, change: Change) -> str:
        """The migration of a change: its way up."""
        self.edit(change.edits)
        said = self.qb("generate", "--name", change.name, *change.words)
        return str(said["data"]["up"])

    def rollback(self, count: int) -> None:
        """Undo so many, with all that they lose."""
        words = "rollback", "--count", str(count)
        code, said = self.run(*words)
        lost = re.findall(r"[a-z]+(?:-[a-z]+)?:[^;:]+(?=;|$)", said["problems"][0]["message"]) if code else []
        if code:
            self.qb(*words, *(f"--allow={each}" for each in lost))
