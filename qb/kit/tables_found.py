"""The tables of a catalog, as values to query."""

from __future__ import annotations

from qb.kit.catalog import Catalog
from qb.kit.column_types import column_type
from qb.kit.discovered import DiscoveredColumn, DiscoveredTable
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.constraint import ConstraintFact
from qb.kit.facts.kinds import READ_AS_TABLES


def tables_of(catalog: Catalog, schema: str = "public") -> dict[str, DiscoveredTable]:
    """The tables and views of a PostgreSQL schema by their names, as `discover` gives them.

    >>> from qb.kit import introspect, tables_of
    >>> list(tables_of(introspect(db).unwrap()))
    ['tasks', 'users']
    """
    columns: dict[str, list[tuple[int, DiscoveredColumn]]] = {}
    for identity, fact in catalog.of(ColumnFact).items():
        if identity.schema == schema and identity.kind == "column":
            made = DiscoveredColumn(
                identity.name, column_type(fact, catalog), fact.type, not fact.not_null, fact.comment
            )
            columns.setdefault(identity.table, []).append((fact.position, made))
    keys = {
        identity.table: fact.columns
        for identity, fact in catalog.of(ConstraintFact).items()
        if identity.schema == schema and identity.kind == "primary key"
    }
    found: dict[str, DiscoveredTable] = {}
    for identity in catalog:
        if identity.schema == schema and identity.kind in READ_AS_TABLES:
            own = {each.name: each for _, each in sorted(columns.get(identity.name, []), key=lambda item: item[0])}
            found[identity.name] = DiscoveredTable(
                schema, identity.name, identity.kind, own, keys.get(identity.name, ())
            )
    return dict(sorted(found.items()))
