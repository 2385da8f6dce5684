"""Whether what objects need is in the schema with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from qb.model.object import Attached, Identity, Standalone
from qb.model.policy import Policy, RowSecurity
from qb.model.table import TableDefinition
from qb.tree.expressions import Call
from qb.tree.node import nodes_in
from qb.tree.visit import within

_LOOKED_FOR = frozenset(
    ("table", "view", "materialized view", "role", "sequence", "function", "procedure", "extension", "custom object")
)
"""The kinds that are declared; a PostgreSQL schema is created where it is named, a type where a column has it."""


def missing(
    tables: tuple[TableDefinition, ...], others: tuple[Standalone, ...], extensions: Collection[str] = ()
) -> Iterator[str]:
    """What is to be said of objects that need another one which is not there."""
    known = {each.identity for each in (*tables, *others)} | {
        Identity("extension", "", "", each) for each in extensions
    }
    for root in (*tables, *others):
        attached = [each for each in root.children if isinstance(each, Attached)]
        # What somebody else made needs nothing of ours.
        for item in (*attached, *((root,) if isinstance(root, Standalone) and not root.external else ())):
            for need in item.needs:
                if need.kind in _LOOKED_FOR and need not in known:
                    more = "; it is external=True where somebody else makes it" if need.kind == "role" else ""
                    yield (
                        f"the {item.identity} needs the {need}, which is not in the schema: add the {need.kind}, or "
                        f"its module{more}"
                    )


def uncalled(tables: tuple[TableDefinition, ...], others: tuple[Standalone, ...]) -> Iterator[str]:
    """What is to be said of tables that call a function of ours which is not there."""
    known = {each.identity for each in others}
    for table in (each for each in tables if not each.external):
        absent = {need for need in table.needs if need.kind == "function" and need not in known}
        for need in sorted(absent & set(_ours(table)) if absent else ()):
            yield f"{table.title} needs the {need}, which is not in the schema: add the function, or its module"


def _ours(table: TableDefinition) -> Iterator[Identity]:
    for item in table.children:
        for node in nodes_in(tuple(getattr(item, name) for name in item.__struct_fields__)):
            for used in within(node):
                if isinstance(used, Call) and used.function.ours and used.function.uses is not None:
                    kind, schema, name = used.function.uses
                    yield Identity(kind, schema, "", name)


def unguarded(tables: tuple[TableDefinition, ...]) -> Iterator[str]:
    """What is to be said of policies that nobody asks."""
    for table in tables:
        policies = [each for each in table.attached if isinstance(each, Policy)]
        if policies and not any(isinstance(each, RowSecurity) for each in table.attached):
            if table.external:
                yield (
                    f"{table.title} has the policy {policies[0].name!r} and is external, so nobody asks it unless its "
                    "owner has row security on: write rls=True in its class statement where it is"
                )
                continue
            where = "in its class statement" if table.partition_of is None else "where the partition is made"
            yield (
                f"{table.title} has the policy {policies[0].name!r} and no row security, so nobody asks it: write "
                f"rls=True {where}"
            )
