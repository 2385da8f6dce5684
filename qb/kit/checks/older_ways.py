"""What a database can do and hardly anybody means by now; and what is on its way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from qb.kit.checks.hit import Hit
from qb.kit.checks.subject import Subject
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.rule import RuleFact
from qb.kit.facts.trigger import TriggerFact
from qb.model.object import Identity


def inheritance(subject: Subject) -> Iterator[Hit]:
    """Keys, foreign keys and indexes are no parent's: each child has its own, or none."""
    for identity, fact in subject.whole:
        if fact.inherits:
            text = f"it inherits from {', '.join(fact.inherits)}, whose keys and foreign keys do not hold for it"
            yield Hit(identity, text, "divide the table by partitions, or point to it with a foreign key")


def rule(subject: Subject) -> Iterator[Hit]:
    """A rule rewrites a statement before it runs, which surprises whoever wrote it."""
    for identity in subject.ours(RuleFact):
        yield Hit(identity, "it rewrites statements before they run", "a trigger says what is done to each row")


def unlogged(subject: Subject) -> Iterator[Hit]:
    """An unlogged table is empty after a crash, and on every replica."""
    for identity, fact in subject.tables.items():
        if fact.persistence == "unlogged":
            yield Hit(identity, "it is unlogged: empty after a crash, and on replicas", "ALTER TABLE ... SET LOGGED")


def disabled_trigger(subject: Subject) -> Iterator[Hit]:
    """What is switched off for an hour stays off: a trigger, or a foreign key."""
    for identity, fact in subject.ours(TriggerFact).items():
        if fact.enabled == "disabled" and not fact.inherited:
            yield Hit(identity, "it is disabled", "enable it, or drop it")
    for identity, key in subject.ours(ConstraintFact).items():
        if "D" in key.triggers:
            text = "its triggers are disabled, so that rows are written past it"
            yield Hit(identity, text, "ALTER TABLE ... ENABLE TRIGGER ALL")


DEPRECATED: Final = "Deprecated: "
"""What `column(deprecated=...)` puts into the comment of a column."""
_USES: Final = frozenset(
    (
        *("view", "materialized view", "index", "check", "policy", "function", "procedure", "trigger", "column"),
        *("foreign key", "primary key", "unique", "exclusion", "statistics", "publication", "rule"),
    )
)


def deprecated_used(subject: Subject) -> Iterator[Hit]:
    """A column that is on its way out, and the objects that use it still."""
    leaving = {
        identity: fact.comment.partition(DEPRECATED)[2]
        for identity, fact in subject.ours(ColumnFact).items()
        if identity.kind == "column" and fact.comment is not None and DEPRECATED in fact.comment
    }
    if not leaving:
        return
    for user, needs in subject.catalog.depends.items():
        if user.kind not in _USES or not subject.is_ours(user):
            continue
        for column in sorted(needs & leaving.keys()):
            text = f"it uses {column.table}.{column.name}, which is deprecated"
            yield Hit(user, text, leaving[column] or "see its comment", (column, _whole(column)))


def _whole(column: Identity) -> Identity:
    return Identity("table", column.schema, "", column.table)
