"""What descriptors say that they were called before, `renamed_from=`, and what of it a history holds already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qb.kit.catalog import Catalog
from qb.kit.history.history import History
from qb.model.object import Identity
from qb.model.schema import Schema

_PUBLIC = "public"


def declared_renames(wanted: Schema, before: Catalog) -> Mapping[Identity, Identity]:
    """What is to be renamed, by its name in the first catalog: what that has under the old name and not the new one."""
    found: dict[Identity, Identity] = {}
    tables: dict[Identity, str] = {}
    for old, new in _said(wanted):
        table = tables.get(Identity("table", new.schema, "", new.table), old.table)
        one = Identity(old.kind, old.schema, table, old.name)
        if one in before and Identity(new.kind, new.schema, table, new.name) not in before:
            found[one] = new
            tables[new] = old.name
    return found


def as_hint(old: Identity, new: Identity) -> str:
    """A rename as `--hint rename:` says it: `users.name=users.full_name`.

    >>> as_hint(Identity("column", "public", "users", "name"), Identity("column", "public", "users", "full_name"))
    'users.name=users.full_name'
    """
    return "=".join(each.title.removeprefix(f"{_PUBLIC}.") for each in (old, new))


def renames_in_history(wanted: Schema, history: History) -> Iterator[str]:
    """The `renamed_from=` that nobody needs any more, as a migration has renamed it, in words."""
    done = {each: migration.id for migration in history for each in migration.renames}
    for old, new in _said(wanted):
        for said, id in done.items():
            left, _, right = said.partition("=")
            name = left.rpartition(".")[2] if old.table else left.removeprefix(f"{_PUBLIC}.")
            if name == (old.name if old.table else old.title.removeprefix(f"{_PUBLIC}.")):
                if right.removeprefix(f"{_PUBLIC}.") == new.title.removeprefix(f"{_PUBLIC}."):
                    yield f"{new} is renamed from {old.name} in {id}: take renamed_from= away"
                    break


def _said(wanted: Schema) -> Iterator[tuple[Identity, Identity]]:
    """What each was called, and is; tables before their columns."""
    for each in (*wanted.enums, *wanted.tables):
        if each.external:
            continue
        identity = each.identity
        new = Identity(identity.kind, identity.schema or _PUBLIC, "", identity.name)
        if each.renamed_from is not None:
            yield Identity(new.kind, new.schema, "", each.renamed_from), new
    for table in wanted.tables:
        for column in () if table.external else table.columns:
            if column.renamed_from is not None:
                at = column.identity
                schema = at.schema or _PUBLIC
                yield (
                    Identity("column", schema, at.table, column.renamed_from),
                    Identity("column", schema, at.table, at.name),
                )
