"""`load_schema`: a schema from a module by its name, wherever the project has it."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Final

from qb.declare.schema import schema
from qb.errors.outcome import Failure, Success
from qb.kit.config_file import meant
from qb.kit.errors import KitError, UnreadableSchema
from qb.kit.project_modules import importable
from qb.model.filter import Filter
from qb.model.schema import Schema

_OURS: Final = str(Path(__file__).resolve().parent.parent)
_INSTALLED: Final = ("site-packages", "dist-packages")


def load_schema(
    names: str | Sequence[str], *, folder: Path | str | None = None, ours: Filter = Filter()
) -> Success[Schema] | Failure[KitError, Schema]:
    """The schema that modules describe.

    `shop.tables:shop` is the `Schema` of that name. `shop.tables` is the one `Schema` that the module holds, else what
    `qb.schema` gathers from it; several modules are gathered together, and a package whose one `Schema` is
    that of its modules (as a pulled one) may be among them. Of what is gathered `ours` says what is ours.
    Modules are found as Python finds them, and in `folder` (the project's) and its `src`.
    Errors: `UnreadableSchema`, with the file and line of the mistake in the module.

    >>> from qb.kit import load_schema
    >>> load_schema("tables.promptliano").map(lambda found: len(found.tables) > 3)
    <Success: True>
    >>> load_schema("shop.tables")
    <Failure: there is no module shop... (reading the schema shop.tables)>
    """
    wanted = (names,) if isinstance(names, str) else tuple(names)
    try:
        with importable(folder):
            return Success(_schema(wanted, None if folder is None else Path(folder).resolve(), ours))
    except KitError as error:
        return Failure(error)


def _schema(names: tuple[str, ...], folder: Path | None, ours: Filter) -> Schema:
    if not names:
        raise UnreadableSchema("", None, None, 'no module is named: say schema = ["shop.tables"] in the config')
    held = [_held(name, folder) for name in names]
    if len(held) == 1 and isinstance(found := held[0], Schema):
        return found
    label = ", ".join(names)
    try:
        gathered = schema(*held, ours=ours)
    except Exception as error:
        raise _unreadable(label, error, folder) from error
    if not gathered.objects:
        files = ", ".join(filter(None, (each.__file__ for each in held if isinstance(each, ModuleType))))
        raise UnreadableSchema(label, files or None, None, "it holds no table: name the module that does")
    return gathered


def _held(name: str, folder: Path | None) -> Schema | ModuleType:
    """What a name leads to."""
    path, colon, attribute = name.partition(":")
    if not all(part.isidentifier() for part in path.split(".")) or (colon and not attribute.isidentifier()):
        message = "a module is named as in shop.tables, a schema in it as in shop.tables:shop"
        raise UnreadableSchema(name, None, None, message)
    module = module_named(path, name, folder)
    schemas = {key: value for key, value in vars(module).items() if isinstance(value, Schema)}
    if not colon:
        if len(set(map(id, schemas.values()))) > 1:
            choices = " or ".join(f"{path}:{each}" for each in schemas)
            raise UnreadableSchema(name, module.__file__, None, f"it holds several schemas: name {choices}")
        return next(iter(schemas.values()), module)
    if attribute not in vars(module):
        there = meant(attribute, set(schemas)) if schemas else " and no schema at all"
        ways = f"{path} alone is all the tables that it holds"
        raise UnreadableSchema(name, module.__file__, None, f"{path} has no {attribute}{there}: {ways}")
    if attribute not in schemas:
        kind = type(vars(module)[attribute]).__name__
        message = f"{path}.{attribute} is a {kind} and no Schema, as qb.schema(...) makes one"
        raise UnreadableSchema(name, module.__file__, None, message)
    return schemas[attribute]


def module_named(path: str, name: str, folder: Path | None) -> ModuleType:
    """A module; UnreadableSchema, raised, with the line of what keeps it from being imported."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name is not None and (path == error.name or path.startswith(f"{error.name}.")):
            looked = "" if folder is None else f" in {folder}, in its src,"
            message = f"there is no module {error.name}{looked} or among what is installed in {sys.prefix}"
            raise UnreadableSchema(name, None, None, message, absent=True) from None
        raise _unreadable(name, error, folder) from error
    except (Exception, SystemExit) as error:
        raise _unreadable(name, error, folder) from error


def _unreadable(name: str, error: BaseException, folder: Path | None) -> UnreadableSchema:
    """The error with its own place: the line of the project that it came from, however deep it was raised."""
    if isinstance(error, SyntaxError) and error.filename:
        return UnreadableSchema(name, error.filename, error.lineno, f"{type(error).__name__}: {error.msg}")
    file, line = _place(error.__traceback__, folder)
    return UnreadableSchema(name, file, line, f"{type(error).__name__}: {error}")


def _place(raised: TracebackType | None, folder: Path | None) -> tuple[str | None, int | None]:
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(raised)]
    theirs = [(file, line) for file, line in frames if not file.startswith(("<", _OURS))]
    project = [each for each in theirs if not any(part in Path(each[0]).parts for part in _INSTALLED)]
    if folder is not None:
        project = [each for each in project if Path(each[0]).is_relative_to(folder)] or project
    return (project or theirs)[-1] if theirs else (None, None)
