"""In which fields two facts differ, of those that anybody says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from qb.kit.diffs.value import FieldChange
from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.extension import ExtensionFact
from qb.kit.facts.function import FunctionFact
from qb.kit.facts.role import MembershipFact, RoleFact
from qb.kit.facts.schema import DatabaseFact
from qb.kit.facts.texts import TextKind, texts_of
from qb.kit.ours.value import Ours
from qb.model.object import Identity

_NEVER: Final = frozenset(("extension",))
"""What an extension brought is not ours, whichever it is."""
_UNSAID: Final[Mapping[type[Fact], frozenset[str]]] = {
    RoleFact: frozenset(("settings", "valid_until", "comment")),
    MembershipFact: frozenset(("grantor",)),
    DatabaseFact: frozenset(("encoding", "collation", "character_type")),
}
"""What a schema does not say of what it declares."""
_NOT_VALID: Final = " NOT VALID"


def field_changes(
    identity: Identity, one: Fact, other: Fact, ours: Ours, same: Callable[[TextKind, object, object], bool]
) -> list[FieldChange]:
    """The fields that are not the same: `same` says of what is written in SQL, or is a name, whether it means the
    same."""
    if one == other:
        return []
    if type(one) is not type(other):
        return [FieldChange("kind of fact", type(one).__name__, type(other).__name__)]
    one, other = plain_fact(one), plain_fact(other)
    how = texts_of(type(one))
    found: list[FieldChange] = []
    for name in one.__struct_fields__:
        mine: Any = getattr(one, name)
        theirs: Any = getattr(other, name)
        unknown = name == "populated" and None in (mine, theirs)
        if mine == theirs or unknown or is_unsaid(identity, type(one), name, ours):
            continue
        if name not in how or not same(how[name], mine, theirs):
            found.append(FieldChange(name, mine, theirs))
    return found


def is_unsaid(identity: Identity, fact: type[Fact], name: str, ours: Ours) -> bool:
    """Whether nobody says what a field is to be: of all objects of a kind alike, but for extensions."""
    if name in _NEVER:
        return True
    if name == "owner":
        return not ours.owners
    if name == "position":  # of a table's columns: their order is told by itself
        return issubclass(fact, ColumnFact) and identity.kind == "column"
    if issubclass(fact, ExtensionFact) and ours.declares:
        return (identity.name, name) not in ours.pinned
    return ours.declares and name in _UNSAID.get(fact, ())


def plain_fact(fact: Fact) -> Fact:
    """Without what another field says, too."""
    if isinstance(fact, ConstraintFact) and fact.definition.endswith(_NOT_VALID):
        return replace(fact, definition=fact.definition.removesuffix(_NOT_VALID))
    if isinstance(fact, FunctionFact) and fact.sql_body is not None:
        return replace(fact, body="")
    return fact
