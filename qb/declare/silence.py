"""`silence`: what stands beside a table that is doubtful and meant."""

from __future__ import annotations

from typing import Any, Final, TypeAlias, get_args

from qb.declare.constraints import ForeignKey
from qb.declare.keys import PrimaryKey, Unique
from qb.declare.partition import PartitionRelation
from qb.errors import DefinitionError
from qb.model.extension import Extension
from qb.model.named_query import object_in
from qb.model.namespace import Namespace
from qb.model.object import Identity, InTable, Standalone, of_table, within_table
from qb.model.silence import Lint, Silence
from qb.query.entity import NamedRow, entity_of
from qb.query.expr.column import Column
from qb.tree.relations import TableSource

Silenceable: TypeAlias = (
    type[NamedRow] | Column[Any] | PrimaryKey | Unique | ForeignKey | InTable | Standalone | Namespace | Extension
)
"""What a silence is about: a table or a view, a column, or what else is declared."""
_LINTS: Final = frozenset(get_args(Lint))


def silence(lint: Lint, *on: Silenceable, because: str) -> Silence:
    """Have `qb check` leave something, next to what it is about: `schema(...)` finds it in a module.

    Of a table it is about all that is in it, of a column about what is said of that column; without anything it is
    about the whole schema. `because` says why: what is silenced is shown with it. A silence that no finding asks for
    any more is told by `qb check`. Errors: DefinitionError.

    >>> class Reading(Table, name="readings"):
    ...     id: Col[int] = column(pg.integer, primary_key=True, default=identity())
    >>> few = silence("primary-key-of-32-bits", Reading.id, because="one a day, for some thousand years")
    >>> schema(Reading, few).silences
    (<silence primary-key-of-32-bits of column readings.id>,)
    """
    if lint not in _LINTS:
        raise DefinitionError(f"silence: there is no lint {lint!r}: {', '.join(sorted(_LINTS))}")
    given: Any = because
    if not (isinstance(given, str) and given.strip()):
        raise DefinitionError(f"silence({lint!r}): say why, as in because='it has some ten rows'")
    found = dict.fromkeys(identity for each in on for identity in _identities(lint, each))
    return Silence(lint, tuple(found), because)


def _identities(lint: str, given: Any) -> tuple[Identity, ...]:
    if isinstance(given, Column):
        relation = given.node.relation
        if isinstance(relation, TableSource):
            return (within_table("column", relation, given.node.name),)
    elif isinstance(given, PrimaryKey | Unique | ForeignKey):
        return tuple(within_table("column", given.table, each) for each in given.columns)
    elif isinstance(given, InTable | Namespace | Extension):
        return (given.identity,)
    elif isinstance(given, PartitionRelation):
        return (of_table(given.__partition__.source),)
    elif (standing := object_in(given)) is not None:
        return (standing.identity,)
    elif (entity := entity_of(given)) is not None and isinstance(entity.relation, TableSource):
        return (of_table(entity.relation),)
    raise DefinitionError(f"silence({lint!r}) is about a table, a column or what stands beside them, not {given!r}")
