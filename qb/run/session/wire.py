"""Parameters on the wire: what turns a Python value into the bytes that PostgreSQL reads.

Every parameter's type is known from its column, so the encoder is fixed when the statement is compiled and one query is
one prepared statement. SQL carries `$1::type` casts, so no type OIDs are sent and the format is free per parameter:
binary where it is exact and fast, text elsewhere. What a value may be and how it is written is in `forms`.
https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Protocol

from psycopg.abc import Buffer

from qb.errors import EncodeError
from qb.query.expr.typed import is_typed
from qb.run.session.forms import Dump, encoder, reason
from qb.types import SqlType
from qb.types.identifier import ColumnLabel

_EXPRESSION: Final = (
    "it is an expression, which is part of a statement and no value: a row that holds one is inserted by "
    "insert(Table, Table.column.to(expression)), several by insert(Table).values([...], [...])"
)


class WireParameter(Protocol):
    """What a statement says about one of its parameters: `users.id` or '', for errors, and its type."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> SqlType[Any]: ...


class Encoders(NamedTuple):
    """One encoder per parameter, as libpq wants them: formats on one side, functions on the other."""

    formats: list[int] | None
    functions: tuple[Dump, ...]


def encoders(parameters: Sequence[WireParameter]) -> Encoders:
    """The encoders of a statement's parameters, in order."""
    pairs = [encoder(parameter.type) for parameter in parameters]
    formats = [int(format) for format, _ in pairs]
    return Encoders(formats if any(formats) else None, tuple(function for _, function in pairs))


def encode(given: Encoders, values: Sequence[object], parameters: Sequence[WireParameter]) -> list[Buffer | None]:
    """The values as libpq takes them, None for NULL. EncodeError, without the value, where one cannot be sent."""
    functions = given.functions
    try:
        if len(functions) == 1 == len(values):  # a key, most of the time: half the cost
            value = values[0]
            return [None if value is None else functions[0](value)]
        return [None if value is None else function(value) for function, value in zip(functions, values, strict=True)]
    except Exception as error:
        if len(values) != len(functions):
            raise
        raise _refused(given, values, parameters, error) from None


def _refused(
    given: Encoders, values: Sequence[object], parameters: Sequence[WireParameter], error: Exception
) -> EncodeError:
    """Which one it was: only now does anybody look, so that the usual case pays for one `try` and no names."""
    for function, value, parameter in zip(given.functions, values, parameters, strict=True):
        try:
            if value is not None:
                function(value)
        except Exception as found:
            name = parameter.name
            table, column = (name.table, name.column) if isinstance(name, ColumnLabel) else (None, name or None)
            why = _EXPRESSION if is_typed(value) else reason(found, value, parameter.type)
            return EncodeError(table, column, why)
    return EncodeError(None, None, type(error).__name__)
