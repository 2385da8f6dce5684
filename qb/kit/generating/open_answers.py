"""What may be answered where something is asked: a value for a column, labels in place of one that goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qb.kit.catalog import Catalog
from qb.kit.facts.type import EnumFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.fills import neutral_value
from qb.kit.planning.migration_plan import MigrationPlan
from qb.kit.planning.sides import loss_name


def values_asked(planned: MigrationPlan, after: Catalog) -> Mapping[str, str]:
    """The columns that want a value, and one of their types."""
    parts = after.once(CatalogParts)
    found: dict[str, str] = {}
    for each in planned.up:
        if each.asks and (fact := parts.column(each.identity.schema, each.identity.table, each.identity.name)):
            found[each.asks] = neutral_value(fact.type, parts) or f"NULL::{fact.type}"
    return found


def labels_instead(before: Catalog, after: Catalog) -> Mapping[str, Sequence[str]]:
    """What may take the place of labels that go: those that are new, or else any."""
    found: dict[str, Sequence[str]] = {}
    for each, fact in before.of(EnumFact).items():
        now = after.get(each)
        if isinstance(now, EnumFact):
            new = [label for label in now.labels if label not in fact.labels] or now.labels
            found |= {loss_name("drop-value", each, label): new for label in fact.labels if label not in now.labels}
    return found
