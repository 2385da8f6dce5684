"""Commands run in tests: in this process by typer's runner, or as a process of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
from typer.testing import CliRunner
from typing_extensions import TypeForm

from qb.kit.command.application import application
from qb.kit.command.frame.reply import ReplyDocument

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[3]
OURS = (
    "COLUMNS",
    "DATABASE_URL",
    "PGHOST",
    "PGSERVICE",
    "PGUSER",
    "PGPASSWORD",
    "PGDATABASE",
    "FORCE_COLOR",
    "QB_TRACEBACK",
)
"""What the environment of the tests must not say to a command."""


class Ran(NamedTuple):
    """What a command said, and how it exited."""

    code: int
    output: str
    errors: str

    def reply(self) -> ReplyDocument[Any]:
        """Its JSON: the document, and nothing else."""
        return self.reply_of(Any)

    def reply_of(self, data: TypeForm[T]) -> ReplyDocument[T]:
        """The same, the data of some type."""
        assert self.output.endswith("}\n"), self
        assert self.output.count("\n") == 1, self.output
        whole: Any = ReplyDocument[data]  # type: ignore[valid-type]
        found: ReplyDocument[T] = msgspec.json.decode(self.output, type=whole)
        assert found.code == self.code
        assert found.ok == (self.code == 0)
        return found


def run(*arguments: str, folder: Path, **environ: str) -> Ran:
    """A command in a folder, in this process."""
    said = dict.fromkeys(OURS) | environ
    with contextlib.chdir(folder):
        done = CliRunner().invoke(application(), arguments, env=said, catch_exceptions=False, prog_name="qb")
    return Ran(done.exit_code, done.stdout, done.stderr)


def process(*arguments: str, folder: Path, **environ: str) -> Ran:
    """A command in a folder, in a process of its own whose output goes into pipes."""
    said = {name: value for name, value in os.environ.items() if name not in OURS} | environ
    said["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), said.get("PYTHONPATH"))))
    command = (sys.executable, "-m", "qb", *arguments)
    done = subprocess.run(command, cwd=folder, env=said, capture_output=True, text=True, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


@contextlib.contextmanager
def open_folder() -> Generator[Path]:
    """One in which a server may be: pytest's own are closed to the user that it runs as under root."""
    folder = Path(tempfile.mkdtemp(prefix="qb-project-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def project(folder: Path, *lines: str, name: str = "default", **modules: str) -> Path:
    """A project with a config and modules, in a folder."""
    (folder / "pyproject.toml").write_text("\n".join((f"[tool.qb.databases.{name}]", *lines, "")))
    for module, text in modules.items():
        (folder / f"{module}.py").write_text(text)
    return folder
