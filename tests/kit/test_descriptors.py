"""What descriptors say is what the server has: created, read back, compared with SQL's, dropped again."""

from __future__ import annotations

import pytest

from qb import Tx, create_all, drop_all
from qb.kit import Catalog, Identity, introspect
from qb.model.object import Object
from qb.model.role import Role
from qb.typing import Schema
from tests.kit.alone import differences
from tests.kit.everything import make
from tests.render import ddl_schemas

NOWHERE = {"schema", "extension", "role", "membership", "event trigger", "publication"}
"""Kinds that live in no schema."""

ELSEWHERE = {"row security", "replica identity", "grant", "default privileges", "external type", "function"}
"""Kinds that the catalog names in other words: a table's property, one for each role, a type's own kind, its types."""


def there(each: Object) -> Identity:
    """Who an object of a schema is in the catalog: what says no schema lives in public."""
    one = each.identity
    if one.kind == "statistics":  # which live in a schema
        one = Identity(one.kind, one.schema, "", one.name)
    nowhere = one.kind in NOWHERE or one.schema
    return one if nowhere else Identity(one.kind, "public", one.table, one.name)


def made(tx: Tx, wanted: Schema) -> Catalog:
    """The catalog with a schema in it, which is dropped again: nothing of it is left, but what others may use."""
    for extension in wanted.extensions:
        make(tx, f"CREATE EXTENSION IF NOT EXISTS {extension}")
    before = introspect(tx).unwrap()
    tx.run(create_all(wanted)).unwrap()
    found = introspect(tx).unwrap()
    roles = [each for each in wanted.objects if isinstance(each, Role) and not each.external]
    tx.run(drop_all(wanted, roles=roles)).unwrap()
    assert differences(before, introspect(tx).unwrap(), [role.name for role in roles]) == ()
    return found


@pytest.mark.parametrize("name", ddl_schemas.ALL)
def test_what_is_created_is_read_back_and_dropped(qb_tx: Tx, name: str) -> None:
    wanted = ddl_schemas.ALL[name]
    found = made(qb_tx, wanted)
    external = {each.identity for each in wanted.objects if getattr(each, "external", False)}
    ours = [each for each in wanted.objects if each.kind not in ELSEWHERE and each.identity not in external]
    assert [str(each.identity) for each in ours if there(each) not in found] == []
    assert differences(found, made(qb_tx, wanted)) == ()
