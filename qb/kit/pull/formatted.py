"""Modules as ruff writes them, with the settings that hold where they are to stand."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from qb.kit.errors import FormatterRefused, KitError, NoFormatter, UnparsablePull


def formatted(files: Mapping[str, str], folder: Path) -> dict[str, str] | KitError:
    """The text of modules, formatted; or why it is not: no ruff, a ruff that refuses, or what is no Python."""
    if find_spec("ruff") is None:
        return NoFormatter()
    found: dict[str, str] = {}
    for name, text in files.items():
        try:
            ast.parse(text, name)
        except SyntaxError as error:
            return UnparsablePull(name, error.lineno or 1, error.msg)
        target = str((folder / name).absolute())
        command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", target, "-"]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
        if done.returncode:
            return FormatterRefused(target, _said(done.stderr) or f"it ended with {done.returncode}")
        found[name] = done.stdout.decode()
    return found


def _said(output: bytes) -> str:
    """What ruff said, in one line: of a traceback, where its program is missing, the last."""
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines and lines[0].startswith("Traceback") else " ".join(lines)
