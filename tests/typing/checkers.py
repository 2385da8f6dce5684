"""What the type checkers say of the claims in this folder: each is run once for all tests, whichever process asks."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BIN = Path(sys.executable).parent
COMMONEST = "refused_commonest.py"
INFERRED = tuple(sorted(path.name for path in HERE.glob("inferred*.py")))
PROGRAMS = tuple(sorted(path.name for path in HERE.glob("accepted*.py")))
REFUSED = tuple(sorted(path.name for path in HERE.glob("refused*.py") if path.name != COMMONEST))
ACCEPTED = ("common.py", *INFERRED, *PROGRAMS)
FILES = (*ACCEPTED, *REFUSED, COMMONEST)
CHECKERS = ("mypy", "basedpyright", "pyright")
VERSIONS = ("3.11", "3.13")


class Message(msgspec.Struct, frozen=True):
    """What a checker says of a line: an error, or what it adds to one."""

    text: str
    rule: str = ""
    error: bool = True


Said = dict[str, dict[int, list[Message]]]
"""What a checker says, by file and line."""


def said(checker: str, version: str, runs: pytest.TempPathFactory) -> Said:
    """What a checker says of all files, as of a version of Python."""
    base = runs.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    kept = shared / f"{checker}-{version}.json"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            found = mypy(version) if checker == "mypy" else pyright(checker, version, shared / f"{checker}-{version}")
            kept.write_bytes(msgspec.json.encode(found))
    return msgspec.json.decode(kept.read_bytes(), type=Said)


def mypy(version: str) -> Said:
    """What mypy says, with the project's own configuration."""
    output = run(sys.executable, "-m", "mypy", "--no-error-summary", "--python-version", version, *map(str, paths()))
    found: Said = {name: {} for name in FILES}
    for line in output.splitlines():
        told = re.match(r".*?(\w+\.py):(\d+)(?::\d+)?: (error|note): (.*?)(?:  \[([\w-]+)\])?$", line)
        assert told is not None, output
        message = Message(told[4], told[5] or "", told[3] == "error")
        found.setdefault(told[1], {}).setdefault(int(told[2]), []).append(message)
    return found


def pyright(program: str, version: str, folder: Path) -> Said:
    """What pyright says, or basedpyright."""
    # What is refused is left out of the project's own checks by its name, so copies are looked at.
    folder.mkdir()
    copies = {name.replace("refused", "claims"): name for name in (*REFUSED, COMMONEST)}
    for copy, name in copies.items():
        shutil.copy(HERE / name, folder / copy)
    files = [path for path in paths() if path.name not in copies.values()] + [folder / copy for copy in copies]
    output = run(str(BIN / program), "--outputjson", "--pythonversion", version, *map(str, files))
    assert output.startswith("{"), output
    found: Said = {name: {} for name in FILES}
    for entry in json.loads(output)["generalDiagnostics"]:
        name = Path(entry["file"]).name
        text = entry["message"].replace("\N{NO-BREAK SPACE}", " ")
        message = Message(text, entry.get("rule", ""), entry["severity"] == "error")
        found[copies.get(name, name)].setdefault(entry["range"]["start"]["line"] + 1, []).append(message)
    return found


def paths() -> list[Path]:
    """All files that are looked at."""
    return [HERE / name for name in FILES]


def run(*command: str, **environment: str) -> str:
    """What a program prints."""
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env=os.environ | environment, check=False, timeout=300
    )
    return (done.stdout or done.stderr).strip()


def refusals(found: Said, name: str) -> dict[int, str]:
    """The lines of a file that are refused, with the first thing that is said of each."""
    # What a refused expression is worth is of no interest.
    worthless = {"reportUnusedExpression"} if name in REFUSED else set[str]()
    errors = {
        line: [each.text for each in messages if each.error and each.rule not in worthless]
        for line, messages in found[name].items()
    }
    return {line: texts[0] for line, texts in errors.items() if texts}


def marked(name: str, *, mypy: bool) -> set[int]:
    """The lines of a file that must be refused."""
    mark = re.compile(r"# error(?! \(pyright\))" if mypy else r"# error")
    lines = (HERE / name).read_text().splitlines()
    start = lines.index("from __future__ import annotations")
    return {number for number, line in enumerate(lines, 1) if number > start and mark.search(line)}
