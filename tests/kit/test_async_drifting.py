"""Drift is the same for coroutines; what the world does comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import AsyncDatabase, Col, Script, Table, column, connect_async, create_all, matching, schema
from qb.errors import ConnectionRefused
from qb.kit import drift_async
from qb.kit.errors import MissingRoles

pytestmark = pytest.mark.anyio  # sync:


class Room(Table, name="drift_rooms", schema="drift_here"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column(default="hall")


HERE = schema(Room)
ONLY = matching(schemas=["drift_here"])


async def test_what_was_changed_by_hand_is_drift(async_qb_db: AsyncDatabase, shadows: Path) -> None:
    async with async_qb_db.transaction(rollback=True) as tx:
        (await tx.run(create_all(HERE))).unwrap()
        assert (await drift_async(tx, HERE, within=ONLY, cache=shadows)).unwrap().equal
        change = Script("ALTER TABLE drift_here.drift_rooms ALTER name DROP NOT NULL, ADD extra int")
        (await tx.run(change)).unwrap()
        found = (await drift_async(tx, HERE, within=ONLY, cache=shadows)).unwrap()
    assert [str(each) for each in found.changes] == [
        "added: column drift_here.drift_rooms.extra",
        "changed: column drift_here.drift_rooms.name (not null)",
    ]
    assert (found.equal, found.exit_code) == (False, 3)


async def test_a_server_that_is_not_there_is_a_failure(shadows: Path) -> None:
    async with connect_async("postgresql://nobody@127.0.0.1:1/nowhere", timeout=0.2) as db:
        error = (await drift_async(db, HERE, cache=shadows)).failure()
    assert isinstance(error, ConnectionRefused)


async def test_a_shadow_that_cannot_be_used_is_a_failure(
    async_qb_db: AsyncDatabase, qb_url: str, shadows: Path
) -> None:
    from qb import role

    wanted = schema(Room, role("nobody_has_this_role"))
    error = (await drift_async(async_qb_db, wanted, shadow=qb_url, cache=shadows)).failure()
    assert isinstance(error, MissingRoles)
