"""Modules on a disk: formatted, and never written over what somebody has edited."""

from __future__ import annotations

import difflib
import hashlib
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal, TypeAlias

from qb.errors.outcome import Failure, Success
from qb.frozen import FrozenStruct
from qb.kit.errors import KitError, NoFormatter, UnreadableModule
from qb.kit.pull.pulled import Pulled

ModuleState: TypeAlias = Literal["new", "same", "changed", "edited", "gone"]
"""Of a module on the disk: not there yet, as it would be written, as an earlier pull wrote it, edited since, or written
by an earlier pull and of nothing that is there now."""
_SEAL: Final = "# Pulled by qb, "
_LENGTH: Final = 16


class PulledModule(FrozenStruct):
    """A module that was pulled, beside the one on the disk."""

    file: str
    state: ModuleState
    diff: str
    """From what is on the disk to what was pulled."""
    text: str = ""
    """What was pulled, formatted."""

    def __repr__(self) -> str:
        return f"<{self.state} {self.file}>"


ComparedModules: TypeAlias = Success[tuple[PulledModule, ...]] | Failure[KitError, tuple[PulledModule, ...]]
"""What comes back: the modules, or why they could not be compared."""


def compare_modules(pulled: Pulled, folder: Path | str) -> ComparedModules:
    """What was pulled beside the modules in a folder, which may not be there yet. Nothing is written.

    Each module is formatted by ruff, with the settings that hold in that folder, and ends with a line that seals it:
    one whose seal is broken was edited by somebody. Errors: `NoFormatter`, `UnreadableModule`.

    >>> from qb.kit import introspect
    >>> from qb.kit.pull import compare_modules, pull
    >>> found = pull(introspect(db).unwrap(), "shop")
    >>> compare_modules(found, "/nowhere/shop").unwrap()[:3]
    (<new __init__.py>, <new ids.py>, <new public.py>)
    """
    where = Path(folder)
    formatted = _formatted(pulled.files, where)
    if isinstance(formatted, KitError):
        return Failure(formatted)
    found: list[PulledModule] = []
    for name, text in sorted(formatted.items()):
        whole = f"{text}{_seal(text)}"
        there = _read(where / name)
        if isinstance(there, KitError):
            return Failure(there)
        found.append(PulledModule(name, _state(there, whole), _diff(name, there or "", whole), whole))
    for path in sorted(where.glob("*.py")):
        there = _read(path)
        if path.name not in formatted and isinstance(there, str) and _is_sealed(there):
            found.append(PulledModule(path.name, "gone", _diff(path.name, there, "")))
    return Success(tuple(found))


def write_modules(pulled: Pulled, folder: Path | str, *, overwrite: bool = False) -> ComparedModules:
    """The modules, written into a folder: those that are new, and those that nobody has edited since an earlier pull.

    One that was edited stays as it is, and its `diff` says what would change; `overwrite` writes it all the same. None
    is deleted: one that is "gone" is told. Errors: as of `compare_modules`.

    >>> import tempfile
    >>> from qb.kit import introspect
    >>> from qb.kit.pull import pull, write_modules
    >>> found = pull(introspect(db).unwrap(), "shop")
    >>> folder = tempfile.mkdtemp()
    >>> {each.state for each in write_modules(found, folder).unwrap()}
    {'new'}
    >>> {each.state for each in write_modules(found, folder).unwrap()}
    {'same'}
    """
    compared = compare_modules(pulled, folder)
    if isinstance(compared, Failure):
        return compared
    where = Path(folder)
    for each in compared.unwrap():
        if each.state in ("new", "changed") or (overwrite and each.state == "edited"):
            where.mkdir(parents=True, exist_ok=True)
            (where / each.file).write_text(each.text, encoding="utf-8")
    return compared


def _formatted(files: Mapping[str, str], folder: Path) -> dict[str, str] | KitError:
    """The modules as ruff writes them."""
    if find_spec("ruff") is None:
        return NoFormatter()
    found: dict[str, str] = {}
    for name, text in files.items():
        target = str((folder / name).absolute())
        command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", target, "-"]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
        if done.returncode:
            return NoFormatter(done.stderr.decode(errors="replace").strip() or f"ruff ended with {done.returncode}")
        found[name] = done.stdout.decode()
    return found


def _read(path: Path) -> str | KitError | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        return UnreadableModule(str(path), str(error))


def _seal(text: str) -> str:
    return f"{_SEAL}{hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]}: what is edited is not written over.\n"


def _is_sealed(text: str) -> bool:
    """Whether a module is as a pull wrote it."""
    before, found, _ = text.rpartition(_SEAL)
    return bool(found) and before + _seal(before) == text


def _state(there: str | None, whole: str) -> ModuleState:
    if there is None:
        return "new"
    if there == whole:
        return "same"
    return "changed" if _is_sealed(there) else "edited"


def _diff(name: str, before: str, after: str) -> str:
    one, other = ([line for line in each.splitlines() if not line.startswith(_SEAL)] for each in (before, after))
    lines = difflib.unified_diff(one, other, f"{name} (on the disk)", f"{name} (pulled)", lineterm="")
    return "\n".join(lines)
