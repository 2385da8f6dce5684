"""`export_package`: the modules of a schema, with all of the project that they import, as a package by itself."""

from __future__ import annotations

import ast
import hashlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
from qb.kit.exporting.errors import NotExported

_MARK: Final = "# Copied by `qb export package` from "
_OTHERS: Final = ("site-packages", "dist-packages", ".venv", "node_modules")


class CopiedFile(msgspec.Struct, frozen=True):
    """One file of the copy."""

    file: str
    source: str
    """What it is a copy of, from the project's folder on; "" of one that only makes a package of a folder."""
    state: Literal["written", "same", "stale", "missing", "removed", "left over"]
    """With `check` nothing is written: it is the same, stale, missing, or left over from an earlier copy."""


PackageCopying: TypeAlias = Success[tuple[CopiedFile, ...]] | Failure[KitError, tuple[CopiedFile, ...]]
"""What comes back: the files, by their names."""


def export_package(
    modules: Sequence[str], to: Path | str, *, folder: Path | str | None = None, check: bool = False
) -> PackageCopying:
    """Copy modules, with all that they import from the project in `folder`, into a folder that becomes a package.

    Imports among them become relative, so the copy can stand anywhere; what is installed (qb itself) is imported as
    before. Each file begins with what it is a copy of and the checksum of that. A file that is the same is not touched,
    and one of an earlier copy that is no longer needed is removed; a file that somebody else has written stops it. With
    `check` nothing is written. No module is imported. Errors: `NotExported` with file and line.

    >>> import tempfile
    >>> from qb.kit import export_package
    >>> into = tempfile.mkdtemp()
    >>> copied = export_package(["tables.promptliano.queues"], into, folder=".").unwrap()
    >>> [each.source for each in copied if "queues" in each.source]
    ['tables/promptliano/queues.py']
    """
    base, target = Path(folder or ".").resolve(), Path(to).resolve()
    try:
        sources = _closure([each.partition(":")[0] for each in modules], base, target)
        wanted = dict(_files(sources, base))
        return Success(tuple(_put(wanted, target, check=check)))
    except NotExported as error:
        return Failure(error)
    except OSError as error:
        return Failure(NotExported(str(error.filename), None, error.strerror or str(error)))


class _Module(msgspec.Struct, frozen=True):
    name: str
    path: Path
    is_package: bool

    @property
    def package(self) -> str:
        """What its own relative imports begin at."""
        return self.name if self.is_package else self.name.rpartition(".")[0]


def _closure(names: Sequence[str], base: Path, target: Path) -> Mapping[str, _Module]:
    found: dict[str, _Module] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        module = _located(name, base, target)
        if module is None:
            if name in names:
                raise NotExported(name, None, f"there is no such module in {base}")
            continue
        found[name] = module
        parent = name.rpartition(".")[0]
        waiting += [parent] if parent else []
        waiting += _imported(module)
    return found


def _located(name: str, base: Path, target: Path) -> _Module | None:
    """A module of the project; None of what is installed, or is no module. Nothing is imported to find it."""
    if name.partition(".")[0] == "qb" or not all(part.isidentifier() for part in name.split(".")):
        return None
    roots = dict.fromkeys([base / "src", base, *(Path(each).resolve() for each in sys.path if each)])
    for root in roots:
        if not root.is_relative_to(base):
            continue
        place = root.joinpath(*name.split("."))
        for path, is_package in ((place / "__init__.py", True), (place.with_name(f"{place.name}.py"), False)):
            inside = path.relative_to(base).parts
            if path.is_file() and not any(part in _OTHERS for part in inside) and not path.is_relative_to(target):
                return _Module(name, path, is_package)
    return None


def _tree(module: _Module) -> ast.Module:
    try:
        return ast.parse(module.path.read_text(encoding="utf-8"), str(module.path))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise NotExported(str(module.path), getattr(error, "lineno", None), f"it is no Python: {error}") from None


def _imported(module: _Module) -> Iterator[str]:
    """All that it may import: of `from a import b` both a and a.b."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = _origin(module, node)
            yield origin
            yield from (f"{origin}.{each.name}" for each in node.names)


def _origin(module: _Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    pieces = module.package.split(".")
    kept = pieces[: len(pieces) - node.level + 1]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _files(modules: Mapping[str, _Module], base: Path) -> Iterator[tuple[Path, tuple[str, str]]]:
    """Each file of the copy with its source and its text; folders without a module of their own are made packages."""
    placed: set[Path] = {Path("__init__.py")}
    yield Path("__init__.py"), ("", f"{_MARK}nothing: it makes a package of this folder.\n")
    for name, module in sorted(modules.items()):
        place = (
            Path(*name.split("."), "__init__.py") if module.is_package else Path(*name.split(".")).with_suffix(".py")
        )
        source = module.path.relative_to(base).as_posix()
        text = module.path.read_text(encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        head = f"{_MARK}{source}, sha256 {digest}: change that one, and run it again.\n"
        yield place, (source, head + _rewritten(module, text, modules))
        placed.add(place)
    for place in {parent / "__init__.py" for each in set(placed) for parent in each.parents} - placed:
        yield place, ("", f"{_MARK}nothing: it makes a package of this folder.\n")


def _rewritten(module: _Module, text: str, modules: Mapping[str, _Module]) -> str:
    """Its text, with imports of what is copied from the copy."""
    tops = {name.partition(".")[0] for name in modules}
    depth = module.package.count(".") + 1 if module.package else 0
    up = "." * (depth + 1)
    lines = text.splitlines(keepends=True)
    nodes = [each for each in ast.walk(_tree(module)) if isinstance(each, ast.Import | ast.ImportFrom)]
    for node in sorted(nodes, key=lambda each: (each.lineno, each.col_offset), reverse=True):
        if isinstance(node, ast.ImportFrom):
            if node.level or (node.module or "").partition(".")[0] not in tops:
                continue
            said = f"from {up}{node.module} import {_listed(node.names)}"
        elif any(each.name.partition(".")[0] in tops for each in node.names):
            said = "; ".join(_plain_import(each, up, tops) for each in node.names)
        else:
            continue
        _replace(lines, node, said)
    return "".join(lines)


def _listed(names: Sequence[ast.alias]) -> str:
    """Names in one line, or in brackets over several."""
    listed = [each.name if each.asname is None else f"{each.name} as {each.asname}" for each in names]
    return ", ".join(listed) if listed == ["*"] else f"({', '.join(listed)})" if len(listed) > 1 else listed[0]


def _plain_import(each: ast.alias, up: str, tops: set[str]) -> str:
    top, _, rest = each.name.partition(".")
    if top not in tops:
        return f"import {each.name}" + ("" if each.asname is None else f" as {each.asname}")
    parent, _, last = each.name.rpartition(".")
    if each.asname is not None:
        return f"from {up}{parent} import {last} as {each.asname}"
    # `import a.b.c` binds a, and sees to it that c is loaded.
    loaded = f"from {up}{parent} import {last} as _{last}; " if rest else ""
    return f"{loaded}from {up} import {top}"


def _replace(lines: list[str], node: ast.stmt, said: str) -> None:
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    head = lines[first].encode()[: node.col_offset].decode()
    tail = lines[last].encode()[node.end_col_offset or 0 :].decode()
    lines[first : last + 1] = [head + said + tail, *[""] * (last - first)]


def _put(wanted: Mapping[Path, tuple[str, str]], target: Path, *, check: bool) -> Iterator[CopiedFile]:
    there = {path.relative_to(target): path.read_bytes() for path in sorted(target.rglob("*.py")) if path.is_file()}
    for place, content in there.items():
        if not content.startswith(_MARK.encode()) and (place in wanted):
            message = "it is no copy, and would be written over: name another folder, or remove it"
            raise NotExported(str(target / place), None, message)
    for place, (source, text) in sorted(wanted.items()):
        path = target / place
        same = there.get(place) == text.encode()
        if same or check:
            yield CopiedFile(str(path), source, "same" if same else "stale" if place in there else "missing")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
        yield CopiedFile(str(path), source, "written")
    for place, content in there.items():
        if place not in wanted and content.startswith(_MARK.encode()):
            if not check:
                (target / place).unlink()
            yield CopiedFile(str(target / place), "", "left over" if check else "removed")
