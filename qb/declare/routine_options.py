"""How a function or a procedure is run: its options, judged.

https://www.postgresql.org/docs/current/sql-createfunction.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, Literal, TypeAlias, TypedDict, get_args

from qb.declare.doubt import doubt
from qb.errors import DefinitionError
from qb.model.body import SettledBody
from qb.model.function import Volatility
from qb.model.routine import Argument, RoutineDefinition
from qb.tree.statements import StatementNode
from qb.types.identifier import identifier, writable

Setting: TypeAlias = str | int | bool | Sequence[str]
"""What a setting is set to; of `search_path` a list of schemas."""
Security: TypeAlias = Literal["invoker", "definer"]
Parallel: TypeAlias = Literal["unsafe", "restricted", "safe"]


class RoutineOptions(TypedDict, total=False):
    """What a function, a procedure and a trigger function may say."""

    name: str
    schema: str | None
    security: Security
    set: Mapping[str, Setting | None]
    """None for a `search_path` that is meant to be the caller's."""
    comment: str | None
    renamed_from: str | None
    """What it was called before, for `qb generate`, which renames it then."""


class FunctionOptions(RoutineOptions, total=False):
    """What a function may say beside that."""

    volatility: Volatility
    strict: bool
    parallel: Parallel
    leakproof: bool
    cost: float | None


class RowsOptions(FunctionOptions, total=False):
    """What one that returns rows may say beside that."""

    result_rows: float | None
    out: bool
    setof: bool


class ExternalOptions(TypedDict, total=False):
    """What is said of a function of somebody else's."""

    name: str
    schema: str | None
    volatility: Volatility
    strict: bool


class ExternalRoutineOptions(TypedDict, total=False):
    """What is said of a procedure of somebody else's."""

    name: str
    schema: str | None


class ExternalRowsOptions(ExternalOptions, total=False):
    """What is said of one that returns rows."""

    out: bool
    setof: bool


def defined(
    what: str,
    language: str,
    body: SettledBody[StatementNode] | None,
    parameters: tuple[Argument, ...],
    options: RowsOptions,
) -> RoutineDefinition:
    """The definition of a routine. DefinitionError for an option that cannot be."""
    security, parallel = options.get("security", "invoker"), options.get("parallel", "unsafe")
    for clause, given, known in (("security", security, Security), ("parallel", parallel, Parallel)):
        if given not in get_args(known):
            raise DefinitionError(f"{what}: {clause} is {' or '.join(get_args(known))}, not {given!r}")
    given_set = options.get("set", {})
    settings = _settings(what, given_set)
    if security == "definer":
        _check_path(what, {name.lower() for name in given_set}, settings)
    return RoutineDefinition(
        identifier(language, f"the language of {what}"),
        body,
        parameters,
        security == "definer",
        settings,
        parallel,
        bool(options.get("leakproof", False)),
        _positive(what, "cost", options.get("cost")),
        _positive(what, "result_rows", options.get("result_rows")),
    )


def check_options(what: str, options: Mapping[str, object], known: type[Any]) -> None:
    """DefinitionError for an option that there is none of; not everybody's type checker is run."""
    names = known.__annotations__
    if unknown := sorted(set(options) - set(names)):
        raise DefinitionError(f"{what} has no {', '.join(unknown)}=: it takes {', '.join(names)}")
    volatility = options.get("volatility", "volatile")
    if volatility not in get_args(Volatility):
        raise DefinitionError(f"{what}: volatility is immutable, stable or volatile, not {volatility!r}")
    if options.get("schema") is not None:
        identifier(str(options["schema"]), f"the schema of {what}")


def _check_path(what: str, said: Set[str], settings: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    """DefinitionError where the caller says which tables a function with the rights of its owner reads."""
    if "search_path" not in said:
        raise DefinitionError(
            f'{what} has security="definer" and no search_path: whoever calls it could put a table of their own in the '
            'place of one that it reads: say set={"search_path": ["public", "pg_temp"]}, the schemas that it reads '
            'from and pg_temp last; or {"search_path": None} where it is to be the one of the caller'
        )
    paths = [values for name, values in settings if name.lower() == "search_path"]
    if any(any(values) and values[-1] != "pg_temp" for values in paths):
        doubt(
            f'{what} has security="definer" and a search_path that does not end with pg_temp: temporary tables of '
            "whoever calls it then come before all others: put pg_temp last"
        )


def _settings(what: str, given: Mapping[str, Setting | None]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: list[tuple[str, tuple[str, ...]]] = []
    for name, value in sorted(given.items()):
        if value is None:
            if name.lower() == "search_path":
                continue
            raise DefinitionError(f"{what}: {name} is set to None: give a text, a number, or a list of texts")
        for part in name.split("."):
            identifier(part, f"a setting of {what}")
        if isinstance(value, bool):
            values: tuple[str, ...] = ("on" if value else "off",)
        elif isinstance(value, int | str):
            values = (str(value),)
        else:
            values = tuple(value)
        if name.lower() == "search_path" and any("," in each for each in values):
            raise DefinitionError(f'{what}: search_path takes a list, ["app", "pg_temp"], not one text of several')
        if any(type(each) is not str or "\0" in each or not writable(each) for each in values):
            raise DefinitionError(f"{what}: {name} is set to {value!r}: give a text, a number, or a list of texts")
        found.append((name, values))
    return tuple(found)


def _positive(what: str, clause: str, given: float | None) -> float | None:
    if given is not None and (isinstance(given, bool) or not 0 < given < float("inf")):
        raise DefinitionError(f"{what}: {clause} is a number above 0, not {given!r}")
    return given
