"""Modules on a disk: formatted, and never written over what somebody has edited."""

from __future__ import annotations

import ast
import difflib
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, TypeAlias

from qb.errors.outcome import Failure, Success
from qb.frozen import FrozenStruct
from qb.kit.errors import KitError, UnreadableModule, UnwritableModule
from qb.kit.pull.document_classes import DOCUMENTS_MODULE
from qb.kit.pull.formatted import formatted
from qb.kit.pull.pulled import Pulled

ModuleState: TypeAlias = Literal["new", "same", "changed", "edited", "moved", "gone"]
"""Of a module on the disk: not there yet, as it would be written, as an earlier pull wrote it, edited since (a link is
somebody's, too), not there because all that it defines stands in another module, or written by an earlier pull and of
nothing that is there now."""
_SEAL: Final = "# Pulled by qb, "
_LENGTH: Final = 16
_FIRST_ROWS: Final = re.compile(r"documents? (?:in|of) the first ([0-9,]+) rows?")


class PulledModule(FrozenStruct):
    """A module that was pulled, beside the one on the disk."""

    file: str
    state: ModuleState
    diff: str
    """From what is on the disk to what was pulled."""
    text: str = ""
    """What was pulled, formatted."""
    to: str | None = None
    """The module that all of it has moved to."""

    def __repr__(self) -> str:
        return f"<{self.state} {self.file}>"


ComparedModules: TypeAlias = Success[tuple[PulledModule, ...]] | Failure[KitError, tuple[PulledModule, ...]]
"""What comes back: the modules, or why they could not be compared."""


def compare_modules(pulled: Pulled, folder: Path | str) -> ComparedModules:
    """What was pulled beside the modules in a folder, which may not be there yet. Nothing is written.

    Each module is formatted by ruff, with the settings that hold in that folder, and ends with a line that seals it:
    one whose seal is broken was edited by somebody. Errors: `NoFormatter`, `FormatterRefused`, `UnreadableModule`.

    >>> from qb.kit import introspect
    >>> from qb.kit.pull import compare_modules, pull
    >>> found = pull(introspect(db).unwrap(), "shop")
    >>> compare_modules(found, "/nowhere/shop").unwrap()[:3]
    (<new __init__.py>, <new ids.py>, <new public.py>)
    """
    where = Path(folder)
    texts = formatted(pulled.files, where)
    if isinstance(texts, KitError):
        return Failure(texts)
    there: dict[str, str | None] = {}
    for name in sorted({*texts, *_modules(where)}):
        read = _read(where / name)
        if isinstance(read, KitError):
            if name in texts:
                return Failure(read)
        else:
            there[name] = read
    known = {name: text for name, text in there.items() if text is not None}
    found = [_compared(name, text, known, where) for name, text in sorted(texts.items())]
    moved = {each.to for each in found}
    for name, text in known.items():
        if name not in texts and name not in moved and _is_sealed(text):
            found.append(PulledModule(name, "gone", _diff(name, text, "")))
    return Success(tuple(found))


def _modules(folder: Path) -> list[str]:
    """The modules in a folder, and in those that stand in it."""
    return [str(path.relative_to(folder)) for inside in ("*.py", "*/*.py") for path in folder.glob(inside)]


def _compared(name: str, text: str, known: Mapping[str, str], where: Path) -> PulledModule:
    whole, there = f"{text}{_seal(text)}", known.get(name)
    if there is None and (to := _moved_to(text, known)) is not None:
        return PulledModule(name, "moved", _diff(to, known[to], whole), whole, to)
    state = _state(there, whole)
    if state in ("new", "changed") and (where / name).is_symlink():  # it may point to anywhere
        state = "edited"
    return PulledModule(name, state, _diff(name, there or "", whole), whole)


def write_modules(pulled: Pulled, folder: Path | str, *, overwrite: bool = False) -> ComparedModules:
    """The modules, written into a folder: those that are new, and those that nobody has edited since an earlier pull.

    One that was edited, or is a link, stays as it is, and its `diff` says what would change; `overwrite` writes it all
    the same, as a file of its own in place of a link. One whose classes stand under another name of module is "moved",
    and not written beside that. None is deleted: one that is "gone" is told. Each file is written whole or not at all.
    Errors: as of `compare_modules`, and `UnwritableModule`.

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
    written: list[str] = []
    for each in compared.unwrap():
        if each.state in ("new", "changed") or (overwrite and each.state == "edited"):
            path = where / each.file
            try:
                where.mkdir(parents=True, exist_ok=True)
                _write(path, each.text)
            except OSError as error:
                return Failure(UnwritableModule(str(path), error.strerror or str(error), tuple(written)))
            written.append(each.file)
    return compared


def documents_module(folder: Path) -> tuple[str, int | None] | None:
    """The module of documents that an earlier pull wrote into a folder, edited since or not, and of how many rows at
    most it was made; None where there is none."""
    path = folder / f"{DOCUMENTS_MODULE}.py"
    text = _read(path)
    if not isinstance(text, str) or _SEAL not in text:
        return None
    rows = [int(each.replace(",", "")) for each in _FIRST_ROWS.findall(text)]
    return str(path), max(rows, default=None)


def _write(path: Path, text: str) -> None:
    """A file, whole: what is cut off would pass for edited ever after."""
    if not path.is_symlink() and path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(0, "it is read-only")
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_text(text, encoding="utf-8", newline="")
        if not path.is_symlink() and path.exists():
            half.chmod(path.stat().st_mode)
        half.replace(path)
    except OSError:
        with suppress(OSError):
            half.unlink()
        raise


def _read(path: Path) -> str | KitError | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        return UnreadableModule(str(path), str(error))


def _seal(text: str) -> str:
    return (
        f"{_SEAL}{hashlib.sha256(_lines(text).encode()).hexdigest()[:_LENGTH]}: what is edited is not written over.\n"
    )


def _lines(text: str) -> str:
    """A text with the ends of lines that the seal is of: git may have given it others."""
    return text.replace("\r\n", "\n")


def _is_sealed(text: str) -> bool:
    """Whether a module is as a pull wrote it."""
    before, found, _ = _lines(text).rpartition(_SEAL)
    return bool(found) and before + _seal(before) == _lines(text)


def _moved_to(text: str, others: Mapping[str, str]) -> str | None:
    """The module that has all that a module defines, where one has."""
    defined = set(_defined(text))
    if not defined - {"schema"}:  # the package itself
        return None
    return next((name for name, other in sorted(others.items()) if defined <= set(_defined(other))), None)


def _defined(text: str) -> Iterator[str]:
    """The classes and values of a module; none of what is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name
            case _:
                pass


def _state(there: str | None, whole: str) -> ModuleState:
    if there is None:
        return "new"
    if _lines(there) == _lines(whole):
        return "same"
    return "changed" if _is_sealed(there) else "edited"


def _diff(name: str, before: str, after: str) -> str:
    one, other = ([line for line in each.splitlines() if not line.startswith(_SEAL)] for each in (before, after))
    lines = difflib.unified_diff(one, other, f"{name} (on the disk)", f"{name} (pulled)", lineterm="")
    return "\n".join(lines)
