"""What each kind of object is: where it lives, what it holds. Whoever asks for several kinds asks here.

A kind is what PostgreSQL calls it, the first word of an identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from qb.frozen import FrozenStruct
from qb.kit.facts.base import Fact
from qb.kit.facts.collation import CollationFact
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.extension import ExtensionFact
from qb.kit.facts.function import AggregateFact, FunctionFact
from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.facts.index import IndexFact
from qb.kit.facts.other import LabelFact, OtherFact
from qb.kit.facts.policy import PolicyFact
from qb.kit.facts.publication import PublicationFact, SubscriptionFact
from qb.kit.facts.role import MembershipFact, RoleFact
from qb.kit.facts.rule import RuleFact
from qb.kit.facts.schema import DatabaseFact, SchemaFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.statistics import StatisticsFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.trigger import EventTriggerFact, TriggerFact
from qb.kit.facts.type import BaseTypeFact, CompositeFact, DomainFact, EnumFact, RangeFact
from qb.kit.facts.view import ViewFact

Lives: TypeAlias = Literal["in a schema", "in a whole", "in a database", "on a server", "where its object lives"]
"""Where an object is: by itself in a schema, in a table or the like, or in no schema at all."""
IsA: TypeAlias = Literal["", "relation", "routine", "type", "key", "constraint"]
"""What it is one of. A relation has rows, and is read as a table; a key is a constraint that an index holds."""


class KindOfObject(FrozenStruct):
    """A kind of object."""

    fact: type[Fact]
    lives: Lives = "in a schema"
    is_a: IsA = ""
    is_whole: bool = False
    """Whether others live in it, and their identities name it as their table."""


KINDS: Final[Mapping[str, KindOfObject]] = {
    "database": KindOfObject(DatabaseFact, "on a server"),
    "role": KindOfObject(RoleFact, "on a server"),
    "membership": KindOfObject(MembershipFact, "on a server"),
    "schema": KindOfObject(SchemaFact, "in a database"),
    "extension": KindOfObject(ExtensionFact, "in a database"),
    "collation": KindOfObject(CollationFact),
    "enum": KindOfObject(EnumFact, is_a="type"),
    "domain": KindOfObject(DomainFact, is_a="type", is_whole=True),
    "composite type": KindOfObject(CompositeFact, is_a="type", is_whole=True),
    "attribute": KindOfObject(ColumnFact, "in a whole"),
    "range": KindOfObject(RangeFact, is_a="type"),
    "base type": KindOfObject(BaseTypeFact),
    "sequence": KindOfObject(SequenceFact),
    "table": KindOfObject(TableFact, is_a="relation", is_whole=True),
    "foreign table": KindOfObject(TableFact, is_a="relation", is_whole=True),
    "view": KindOfObject(ViewFact, is_a="relation", is_whole=True),
    "materialized view": KindOfObject(ViewFact, is_a="relation", is_whole=True),
    "column": KindOfObject(ColumnFact, "in a whole"),
    "primary key": KindOfObject(ConstraintFact, "in a whole", "key"),
    "unique": KindOfObject(ConstraintFact, "in a whole", "key"),
    "exclusion": KindOfObject(ConstraintFact, "in a whole", "key"),
    "foreign key": KindOfObject(ConstraintFact, "in a whole", "constraint"),
    "check": KindOfObject(ConstraintFact, "in a whole", "constraint"),
    "not null": KindOfObject(ConstraintFact, "in a whole", "constraint"),
    "index": KindOfObject(IndexFact, "in a whole"),
    "statistics": KindOfObject(StatisticsFact),
    "function": KindOfObject(FunctionFact, is_a="routine"),
    "procedure": KindOfObject(FunctionFact, is_a="routine"),
    "aggregate": KindOfObject(AggregateFact, is_a="routine"),
    "trigger": KindOfObject(TriggerFact, "in a whole"),
    "rule": KindOfObject(RuleFact, "in a whole"),
    "policy": KindOfObject(PolicyFact, "in a whole"),
    "event trigger": KindOfObject(EventTriggerFact, "in a database"),
    "publication": KindOfObject(PublicationFact, "in a database"),
    "subscription": KindOfObject(SubscriptionFact, "in a database"),
    "access method": KindOfObject(OtherFact, "in a database"),
    "cast": KindOfObject(OtherFact, "in a database"),
    "conversion": KindOfObject(OtherFact),
    "foreign-data wrapper": KindOfObject(OtherFact, "in a database"),
    "server": KindOfObject(OtherFact, "in a database"),
    "user mapping": KindOfObject(OtherFact, "in a database"),
    "language": KindOfObject(OtherFact, "in a database"),
    "operator": KindOfObject(OtherFact),
    "operator class": KindOfObject(OtherFact),
    "operator family": KindOfObject(OtherFact),
    "transform": KindOfObject(OtherFact, "in a database"),
    "text search configuration": KindOfObject(OtherFact),
    "text search dictionary": KindOfObject(OtherFact),
    "text search parser": KindOfObject(OtherFact),
    "text search template": KindOfObject(OtherFact),
    "security label": KindOfObject(LabelFact, "in a database"),
    "grant": KindOfObject(GrantFact, "where its object lives"),
    "default privileges": KindOfObject(DefaultPrivilegesFact, "where its object lives"),
}
"""Every kind that a catalog has, with what is said of it."""


def _living(*where: Lives) -> frozenset[str]:
    return frozenset(kind for kind, each in KINDS.items() if each.lives in where)


def _of(*what: IsA) -> tuple[str, ...]:
    return tuple(kind for kind, each in KINDS.items() if each.is_a in what)


IN_NO_SCHEMA: Final = _living("in a database", "on a server")
OF_ALL_DATABASES: Final = _living("on a server")
"""What all databases of a server share, and the database itself."""
READ_AS_TABLES: Final = _of("relation")
HOLDING_PARTS: Final = tuple(kind for kind, each in KINDS.items() if each.is_whole)
"""What a table in an identity may be, but for the group of a membership and the object of a grant."""
OF_ROUTINES: Final = _of("routine")
"""Their names end with the types of their arguments."""
OF_TYPES: Final = _of("type")
"""Types that SQL alone makes, and not a library in C."""
OF_KEYS: Final = _of("key")
OF_CONSTRAINTS: Final = _of("key", "constraint")
EVERYBODYS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(OF_ROUTINES, ("execute",)),
    **dict.fromkeys((*OF_TYPES, "base type", "language"), ("usage",)),
    "database": ("connect", "temporary"),
    "functions": ("execute",),
    "types": ("usage",),
}
"""What everybody may do with what is just made, by its kind, or by what default privileges call several kinds.

https://www.postgresql.org/docs/current/ddl-priv.html
"""
