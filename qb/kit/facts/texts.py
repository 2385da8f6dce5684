"""What the texts of facts are: SQL, names in SQL, or a name by itself. Any other text is what it is, sign by sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Annotated, TypeAlias, get_args, get_type_hints

from qb.kit.facts.base import Fact


class TextKind(Enum):
    """How a text is written, which is how two of them are compared."""

    SQL = "SQL"
    """An expression, or a definition: servers write constants, casts and conditions in several ways that are one."""
    NAMES = "names"
    """Names as SQL has them, qualified and in quotes where they need it: a type, a table, a function with its types."""
    NAME = "name"
    """A name as it is, without quotes; of a routine with the types that it takes."""


SqlText: TypeAlias = Annotated[str, TextKind.SQL]
SqlNames: TypeAlias = Annotated[str, TextKind.NAMES]
PlainName: TypeAlias = Annotated[str, TextKind.NAME]


@cache
def texts_of(fact: type[Fact]) -> Mapping[str, TextKind]:
    """The fields of a fact that hold SQL or names, themselves or in a tuple, by how those are written.

    >>> from qb.kit.facts.policy import PolicyFact
    >>> {field: how.name for field, how in texts_of(PolicyFact).items()}
    {'roles': 'NAME', 'using': 'SQL', 'with_check': 'SQL'}
    """
    hints = get_type_hints(fact, include_extras=True)
    return {field: how for field in fact.__struct_fields__ for how in _within(hints[field])}


def _within(hint: object) -> Iterator[TextKind]:
    for each in get_args(hint):
        if isinstance(each, TextKind):
            yield each
        else:
            yield from _within(each)
