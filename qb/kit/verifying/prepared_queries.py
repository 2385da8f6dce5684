"""The prepared queries of modules, and their variants: one for each set of choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final, NamedTuple

from qb.query.prepared.choices import ParamKind
from qb.query.prepared.prepare import Prepared, PreparedCommand
from qb.query.statement import Statement
from qb.types.annotation import split_optional

VARIANTS_AT_MOST: Final = 256
"""Of a query with more choices so many variants are built, as many as a program keeps: each choice is in one."""
_VALUE: Final = object()
"""Stands for any value: a query is built without looking at one."""

AnyPrepared = Prepared[..., Any] | PreparedCommand[...]


class FoundQuery(NamedTuple):
    """A prepared query, and where it is written."""

    query: AnyPrepared
    name: str
    file: str
    line: int


class QueryVariant(NamedTuple):
    """A call of a prepared query, and what it chose."""

    where: str
    arguments: Mapping[str, object]


def prepared_in(modules: Iterable[ModuleType]) -> list[FoundQuery]:
    """The prepared queries that have a name in modules, or in classes there; each once."""
    found: dict[int, FoundQuery] = {}
    for module in modules:
        for value in list(vars(module).values()):
            for each in (value, *(_within(value) if isinstance(value, type) else ())):
                query: Any = each
                if type(query) in (Prepared, PreparedCommand):
                    found.setdefault(id(query), _found(query))
    return sorted(found.values(), key=lambda each: (each.file, each.line, each.name))


def _within(kind: type[Any]) -> Iterator[object]:
    for value in list(type.__getattribute__(kind, "__dict__").values()):
        found: Any = value
        yield found.__func__ if isinstance(found, staticmethod) else found


def _found(query: Any) -> FoundQuery:
    code = query.__wrapped__.__code__
    return FoundQuery(
        query, f"{query.__module__}.{query.__qualname__}", shown_path(code.co_filename), code.co_firstlineno
    )


def shown_path(file: str) -> str:
    """A file from where one is, where it is below."""
    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file


def variants_of(query: AnyPrepared) -> list[QueryVariant]:
    """The calls that between them choose each variant; where there are very many, some of them: see `count_of`."""
    kinds = _kinds(query)
    ways = [_ways(name, kind) for name, kind in kinds.items()]
    made: list[QueryVariant] = []
    for chosen in _combined(ways):
        where = ", ".join(said for said, _ in chosen if said)
        made.append(QueryVariant(where, dict(zip(kinds, (value for _, value in chosen), strict=True))))
    return made


def count_of(query: AnyPrepared) -> int:
    """How many variants a query has."""
    return prod(map(_count, _kinds(query).values()))


def _kinds(query: AnyPrepared) -> Mapping[str, ParamKind]:
    return query._kinds  # pyright: ignore[reportPrivateUsage] - what it knows of its choices


def _count(kind: ParamKind) -> int:
    fields = 1 if kind.fields is None else prod(_count(ParamKind.of(hint)) for hint in kind.fields.values())
    return (len(kind.choices) or fields) + split_optional(kind.annotation)[1]


def _combined(ways: Sequence[Sequence[tuple[str, object]]]) -> list[tuple[tuple[str, object], ...]]:
    """One way of each, combined in all ways. Where those are too many: each way beside the first ones of all others,
    then those that lie evenly among the rest."""
    sizes = [len(each) for each in ways]
    count = prod(sizes)
    if count <= VARIANTS_AT_MOST:
        return list(product(*ways))
    places = [0]
    step = count
    for size in sizes:
        step //= size
        places += [step * each for each in range(1, size)]
    evenly = (each * count // VARIANTS_AT_MOST + each % 7 for each in range(VARIANTS_AT_MOST))
    taken = sorted(list(dict.fromkeys((*places, *(each % count for each in evenly))))[:VARIANTS_AT_MOST])
    return [_at(ways, each) for each in taken]


def _at(ways: Sequence[Sequence[tuple[str, object]]], place: int) -> tuple[tuple[str, object], ...]:
    """What stands at a place of `product(*ways)`."""
    found: list[tuple[str, object]] = []
    for each in reversed(ways):
        place, rest = divmod(place, len(each))
        found.append(each[rest])
    return tuple(reversed(found))


def built(query: AnyPrepared, variant: QueryVariant) -> Statement:
    """The query of a variant: its body is run. Errors: those of the body."""
    bound: Any = query(**variant.arguments)
    made: Statement = bound.variant.query
    return made


def _ways(name: str, kind: ParamKind) -> list[tuple[str, object]]:
    """What a parameter may be, as far as it chooses; and how one says so."""
    optional = split_optional(kind.annotation)[1]
    none: list[tuple[str, object]] = [(f"{name} is None", None)] if optional else []
    if kind.choices:
        return [(f"{name} is {choice!r}", choice) for choice in kind.choices] + none
    if kind.labels:
        return [("", kind.labels[0]), *none]
    if kind.fields is not None:
        given = [_ways(f"{name}.{field}", ParamKind.of(hint)) for field, hint in kind.fields.items()]
        return [_struct(kind.fields, chosen) for chosen in _combined(given)] + none
    return [("", _VALUE), *none]


def _struct(fields: Mapping[str, object], chosen: tuple[tuple[str, object], ...]) -> tuple[str, object]:
    said = ", ".join(each for each, _ in chosen if each)
    return said, SimpleNamespace(**dict(zip(fields, (value for _, value in chosen), strict=True)))
