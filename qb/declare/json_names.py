"""What the fields of rows are called in JSON: `class User(Table, name="users", rename="camel")`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias, TypeVar, cast, get_args

import msgspec

from qb.errors import DefinitionError

T = TypeVar("T")
Rename: TypeAlias = Literal["camel", "kebab", "pascal"]
"""How msgspec writes a field `created_at` in JSON: `createdAt`, `created-at`, `CreatedAt`."""


def said(title: str, given: object, inherited: Iterable[Rename | None]) -> Rename | None:
    """The names of a class, its own or those of the first class it extends that has some. DefinitionError else."""
    if given is None:
        return next((each for each in inherited if each), None)
    if given not in get_args(Rename):
        raise DefinitionError(f"class {title}: rename is one of {', '.join(get_args(Rename))}, not {given!r}")
    return cast("Rename", given)


def validated(values: Mapping[str, object], struct: type[T]) -> T:
    """A Struct of values by the names of its fields, validated. msgspec knows them by their names in JSON."""
    fields, names = cast("Any", struct).__struct_fields__, cast("Any", struct).__struct_encode_fields__
    if fields != names:
        in_json = dict(zip(fields, names, strict=True))
        if unknown := [each for each in values if each not in in_json]:
            raise msgspec.ValidationError(f"Object contains unknown field `{unknown[0]}`")
        values = {in_json[each]: value for each, value in values.items()}
    return msgspec.convert(values, struct)
