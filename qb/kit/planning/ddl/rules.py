"""Of each kind of object, by its fact, how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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
from qb.kit.facts.publication import PublicationFact
from qb.kit.facts.role import MembershipFact, RoleFact
from qb.kit.facts.rule import RuleFact
from qb.kit.facts.schema import DatabaseFact, SchemaFact
from qb.kit.facts.sequence import SequenceFact
from qb.kit.facts.statistics import StatisticsFact
from qb.kit.facts.table import TableFact
from qb.kit.facts.trigger import EventTriggerFact, TriggerFact
from qb.kit.facts.type import CompositeFact, DomainFact, EnumFact, RangeFact
from qb.kit.facts.view import ViewFact
from qb.kit.planning.ddl.aggregates import AGGREGATE_RULE
from qb.kit.planning.ddl.columns import COLUMN_RULE
from qb.kit.planning.ddl.constraints import CONSTRAINT_RULE, INDEX_RULE, STATISTICS_RULE
from qb.kit.planning.ddl.grants import DEFAULT_PRIVILEGES_RULE, GRANT_RULE
from qb.kit.planning.ddl.others import LABEL_RULE, OTHER_RULE
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.publications import PUBLICATION_RULE
from qb.kit.planning.ddl.roles import (
    COLLATION_RULE,
    DATABASE_RULE,
    EXTENSION_RULE,
    MEMBERSHIP_RULE,
    ROLE_RULE,
    SCHEMA_RULE,
)
from qb.kit.planning.ddl.routines import ROUTINE_RULE
from qb.kit.planning.ddl.rule import Altered, DdlRule, Lines
from qb.kit.planning.ddl.sequences import SEQUENCE_RULE
from qb.kit.planning.ddl.sql_names import comment_on, object_words
from qb.kit.planning.ddl.tables import TABLE_RULE
from qb.kit.planning.ddl.triggers import EVENT_TRIGGER_RULE, POLICY_RULE, REWRITE_RULE_RULE, TRIGGER_RULE
from qb.kit.planning.ddl.types import ATTRIBUTE_RULE, COMPOSITE_RULE, DOMAIN_RULE, ENUM_RULE, RANGE_RULE
from qb.kit.planning.ddl.views import VIEW_RULE
from qb.model.object import Identity
from qb.types.identifier import quoted

DDL_RULES: Final[Mapping[type[Fact], DdlRule]] = {
    DatabaseFact: DATABASE_RULE,
    RoleFact: ROLE_RULE,
    MembershipFact: MEMBERSHIP_RULE,
    SchemaFact: SCHEMA_RULE,
    ExtensionFact: EXTENSION_RULE,
    CollationFact: COLLATION_RULE,
    EnumFact: ENUM_RULE,
    DomainFact: DOMAIN_RULE,
    CompositeFact: COMPOSITE_RULE,
    RangeFact: RANGE_RULE,
    SequenceFact: SEQUENCE_RULE,
    TableFact: TABLE_RULE,
    ViewFact: VIEW_RULE,
    ColumnFact: COLUMN_RULE,
    ConstraintFact: CONSTRAINT_RULE,
    IndexFact: INDEX_RULE,
    StatisticsFact: STATISTICS_RULE,
    FunctionFact: ROUTINE_RULE,
    AggregateFact: AGGREGATE_RULE,
    TriggerFact: TRIGGER_RULE,
    EventTriggerFact: EVENT_TRIGGER_RULE,
    RuleFact: REWRITE_RULE_RULE,
    PolicyFact: POLICY_RULE,
    PublicationFact: PUBLICATION_RULE,
    OtherFact: OTHER_RULE,
    LabelFact: LABEL_RULE,
    GrantFact: GRANT_RULE,
    DefaultPrivilegesFact: DEFAULT_PRIVILEGES_RULE,
}
"""Without subscriptions, whose address nobody reads, and types that are written in C."""


def rule_of(identity: Identity, fact: Fact) -> DdlRule | None:
    """How an object is written; None where nobody can."""
    if identity.kind == "attribute":
        return ATTRIBUTE_RULE
    return DDL_RULES.get(type(fact))


def creation_lines(identity: Identity, fact: Fact, parts: CatalogParts) -> Lines:
    """The statements that make an object, what is said of it, and whose it is where not the database's owner's."""
    rule = rule_of(identity, fact)
    assert rule is not None, identity
    return [*rule.create(identity, fact, parts), *owner_and_comment(identity, fact, parts)]


def owner_and_comment(identity: Identity, fact: Fact, parts: CatalogParts) -> Lines:
    """Its owner and its comment."""
    lines: Lines = []
    owner = getattr(fact, "owner", None)
    if owner is not None and owner != parts.owner and not isinstance(fact, DefaultPrivilegesFact | DatabaseFact):
        lines += owner_lines(identity, fact, owner)
    if fact.comment is not None:
        lines.append(comment_on(identity, fact, fact.comment))
    return lines


def owner_lines(identity: Identity, fact: Fact, owner: str) -> Lines:
    """ALTER ... OWNER TO."""
    if isinstance(fact, OtherFact):
        return [f"ALTER {fact.target} OWNER TO {quoted(owner)}"] if identity.kind != "user mapping" else []
    if isinstance(fact, ExtensionFact):
        return []  # whoever created it
    return [f"ALTER {object_words(identity, fact)} OWNER TO {quoted(owner)}"]


def removal_lines(identity: Identity, fact: Fact, parts: CatalogParts) -> Lines:
    """The statements that take an object away."""
    rule = rule_of(identity, fact)
    assert rule is not None, identity
    return rule.drop(identity, fact, parts)


def alteration_lines(change: Altered[Fact]) -> Lines | None:
    """The statements that make of an object what it is to be; None where it is taken away and created anew."""
    rule = rule_of(change.identity, change.other)
    assert rule is not None, change.identity
    identity, other = change.identity, change.other
    left = change.fields - {"comment", "owner"}
    lines: Lines | None = []
    if left:
        lines = rule.alter(Altered(identity, change.one, other, left, change.before, change.after))
    if lines is None:
        return None
    owner = getattr(other, "owner", None)
    if "owner" in change.fields and owner is not None:
        lines = [*lines, *owner_lines(identity, other, owner)]
    if "comment" in change.fields:
        lines = [*lines, comment_on(identity, other, other.comment)]
    return lines
