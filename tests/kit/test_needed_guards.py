"""What keeps rows from somebody: that it is in force, too."""

from __future__ import annotations

import pytest

import qb
from qb import (
    Col,
    Success,
    Table,
    check,
    column,
    create_all,
    policy,
    role,
    schema,
    sql,
    trigger,
    trigger_function,
    trusted,
)
from qb.kit import introspect, lacking, requires
from tests.render.ddl_schemas import HOSTILE

N = f"w{HOSTILE}"
Q = '"' + N.replace('"', '""') + '"'


class Guarded(Table, name=N, schema=N, rls="force"):
    id: Col[int] = column(primary_key=True)
    amount: Col[int]
    note: Col[str] = column(name=N)


class Open(Table, name="needed_open"):
    id: Col[int] = column(primary_key=True)


CLERK = role("needed_guard_clerk")
OWN = policy(Guarded, name=N, for_="select", to=CLERK, using=Guarded.amount > 1)
KEPT = policy(Guarded, name="kept", for_="update", using=Guarded.amount > 1, with_check=Guarded.amount > 2)
NARROW = policy(Guarded, name="narrow", restrictive=True, using=Guarded.id > 0)
ABOVE = check("above", (Guarded.amount > 0) & (Guarded.note != ""))


touched = trigger_function("needed_touched", sql("BEGIN RETURN new; END"), schema=N)
TOUCH = trigger(Guarded, touched, before="update", name="touch_guarded")


WANTED = schema(Guarded, Open, CLERK, OWN, KEPT, NARROW, ABOVE, touched, TOUCH)
T, P = f"{N}.{N}", f"policy {N}.{N}"


def run(db: qb.Db, *texts: str) -> None:
    for text in texts:
        db.execute(sql(trusted(text)).command()).unwrap()


def test_what_is_guarded_as_declared_is_enough(qb_tx: qb.Tx) -> None:
    qb_tx.run(create_all(WANTED)).unwrap()
    run(qb_tx, "ALTER TABLE needed_open ENABLE ROW LEVEL SECURITY")
    assert requires(WANTED)(qb_tx) == Success(None)


A = f"ALTER TABLE {Q}.{Q}"
CHANGES: dict[str, tuple[str, ...]] = {
    f"{A} DISABLE ROW LEVEL SECURITY": (f"row security of table {T}",),
    f"{A} NO FORCE ROW LEVEL SECURITY": (f"row security of table {T} for its owner, too: it is not forced",),
    f"DROP POLICY {Q} ON {Q}.{Q}": (f"{P}.{N}",),
    f"ALTER POLICY {Q} ON {Q}.{Q} TO PUBLIC": (f"{P}.{N} to needed_guard_clerk: it is to public",),
    f"ALTER POLICY {Q} ON {Q}.{Q} USING (true)": (f"{P}.{N} with a condition in USING: it is true of every row",),
    f"ALTER POLICY kept ON {Q}.{Q} WITH CHECK (true)": (
        f"{P}.kept with a condition in WITH CHECK: it is true of every row",
    ),
    f"DROP POLICY narrow ON {Q}.{Q}; CREATE POLICY narrow ON {Q}.{Q} USING (id > 0)": (
        f"{P}.narrow, restrictive: it is permissive",
    ),
    f"DROP POLICY kept ON {Q}.{Q}; CREATE POLICY kept ON {Q}.{Q} FOR INSERT WITH CHECK (amount > 2)": (
        f"{P}.kept for update: it is for insert",
        f"{P}.kept with USING: it has none",
    ),
    f"{A} DISABLE TRIGGER ALL": (f"trigger {T}.touch_guarded, enabled: it is disabled",),
    f"{A} ENABLE REPLICA TRIGGER touch_guarded": (f"trigger {T}.touch_guarded, enabled: it is for replicas alone",),
    f"DROP TRIGGER touch_guarded ON {Q}.{Q}": (f"trigger {T}.touch_guarded",),
    f"{A} DROP CONSTRAINT above": (f"check {T}.above",),
    f"{A} DROP CONSTRAINT above, ADD CONSTRAINT other CHECK (amount > 0)": (f"check {T}.above",),
    f"{A} DROP CONSTRAINT above, ADD CONSTRAINT other CHECK (amount > 0 AND {Q} <> '')": (),
    f"{A} ENABLE ALWAYS TRIGGER touch_guarded": (),
}


@pytest.mark.parametrize(("change", "absent"), CHANGES.items(), ids=range(len(CHANGES)))
def test_what_is_not_in_force_is_named(qb_tx: qb.Tx, change: str, absent: tuple[str, ...]) -> None:
    qb_tx.run(create_all(WANTED)).unwrap()
    run(qb_tx, *change.split("; CREATE")[:1], *(f"CREATE{each}" for each in change.split("; CREATE")[1:]))
    assert lacking(WANTED, introspect(qb_tx).unwrap()) == absent


def test_a_check_that_is_not_enforced(qb_tx: qb.Tx) -> None:
    if qb_tx.scalar(sql("SELECT current_setting('server_version_num')::int").rows(int)).unwrap() < 180_000:
        pytest.skip("since PostgreSQL 18")
    qb_tx.run(create_all(WANTED)).unwrap()
    run(qb_tx, f"{A} DROP CONSTRAINT above, ADD CONSTRAINT above CHECK (amount > 0 AND {Q} <> '') NOT ENFORCED")
    assert lacking(WANTED, introspect(qb_tx).unwrap()) == (f"check {T}.above",)


def test_guards_of_a_document(qb_tx: qb.Tx) -> None:
    class Kept(Table, name="needed_kept"):
        id: Col[int] = column(primary_key=True)
        note: Col[str] = column(check=lambda note: note != "")

    wanted = schema(Kept)
    qb_tx.run(create_all(wanted)).unwrap()
    assert lacking(wanted, introspect(qb_tx).unwrap()) == ()
    run(qb_tx, "ALTER TABLE needed_kept DROP CONSTRAINT needed_kept_note_check")
    assert lacking(wanted, introspect(qb_tx).unwrap()) == ("check public.needed_kept.needed_kept_note_check",)
