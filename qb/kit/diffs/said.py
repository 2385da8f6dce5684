"""What an object is, in a line, and what a field of it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from qb.kit.facts.base import Fact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.extension import ExtensionFact
from qb.kit.facts.function import AggregateFact, FunctionFact
from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.facts.policy import PolicyFact
from qb.kit.facts.publication import PublicationFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.trigger import EventTriggerFact
from qb.kit.facts.type import DomainFact, EnumFact, RangeFact
from qb.model.object import Identity

NONE_SAID: Final = "(none)"


def said_of(fact: Fact | None) -> str:
    """An object as its server says it, on a line or on several; "" where its name says it all.

    >>> from qb.kit import Identity, introspect
    >>> said_of(introspect(db).unwrap()[Identity("column", "public", "tasks", "title")])
    'text not null'
    """
    if fact is None:
        return ""
    if (say := _SAID.get(type(fact))) is not None:
        return say(fact)
    definition = getattr(fact, "definition", None)
    return definition.strip() if isinstance(definition, str) else ""


def value_text(value: object) -> str:
    """A field's value for people.

    >>> value_text(None), value_text(True), value_text(("a", "b"))
    ('(none)', 'yes', 'a, b')
    """
    if value is None or value == ():
        return NONE_SAID
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, cast("tuple[object, ...]", value)))
    return str(value) if value != "" else NONE_SAID


def kinds_counted(parts: Sequence[Identity]) -> str:
    """How many of each kind; what PostgreSQL makes of a key is none of its own.

    >>> kinds_counted(
    ...     [Identity("column", "", "t", "a"), Identity("column", "", "t", "b"), Identity("index", "", "t", "i")]
    ... )
    '2 columns, 1 index'
    """
    keys = {(each.schema, each.table, each.name) for each in parts if each.kind != "index"}
    own = (each for each in parts if each.kind != "index" or (each.schema, each.table, each.name) not in keys)
    found = Counter(each.kind for each in own if each.kind != "not null")
    return ", ".join(f"{number} {kind if number == 1 else _several(kind)}" for kind, number in sorted(found.items()))


def _several(kind: str) -> str:
    if kind.endswith(("x", "ss")):
        return f"{kind}es"
    if kind.endswith("y") and not kind.endswith("ey"):
        return f"{kind[:-1]}ies"
    return kind if kind.endswith("s") else f"{kind}s"


def _column(fact: ColumnFact) -> str:
    said = [fact.type]
    if fact.collation is not None:
        said.append(f"collate {fact.collation}")
    if fact.not_null:
        said.append("not null")
    if fact.identity:
        said.append(f"generated {fact.identity} as identity")
    elif fact.generated:
        said.append(f"generated always as {fact.default} {fact.generated}")
    elif fact.default is not None:
        said.append(f"default {fact.default}")
    return " ".join(said)


def _function(fact: FunctionFact) -> str:
    returns = f" returns {fact.returns}" if fact.returns is not None else ""
    return f"({fact.arguments}){returns} language {fact.language}"


def _policy(fact: PolicyFact) -> str:
    kind = "" if fact.permissive else "restrictive, "
    using = f" using ({fact.using})" if fact.using is not None else ""
    check = f" with check ({fact.with_check})" if fact.with_check is not None else ""
    return f"{kind}for {fact.command} to {', '.join(fact.roles)}{using}{check}"


def _table(fact: TableFact) -> str:
    said = [f"partition of {', '.join(fact.inherits)} {fact.bound}"] if fact.bound is not None else []
    said += [f"partitioned by {fact.partition_key}"] if fact.partition_key is not None else []
    return ", ".join(said)


def _domain(fact: DomainFact) -> str:
    return f"{fact.base}{' not null' if fact.not_null else ''}"


_SAID: Final[Mapping[type[Fact], Callable[[Any], str]]] = {
    ColumnFact: _column,
    FunctionFact: _function,
    AggregateFact: lambda fact: f"({fact.arguments}) returns {fact.returns}",
    PolicyFact: _policy,
    TableFact: _table,
    DomainFact: _domain,
    EnumFact: lambda fact: value_text(fact.labels),
    RangeFact: lambda fact: f"of {fact.subtype}",
    GrantFact: lambda fact: value_text(fact.privileges),
    DefaultPrivilegesFact: lambda fact: value_text(fact.privileges),
    SequenceFact: lambda fact: f"{fact.type} from {fact.start} by {fact.increment}",
    ExtensionFact: lambda fact: f"{fact.version} in {fact.schema}",
    PublicationFact: lambda fact: "all tables" if fact.all_tables else value_text(fact.tables or fact.schemas),
    EventTriggerFact: lambda fact: f"on {fact.event} calls {fact.function}",
}
