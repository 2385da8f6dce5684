"""What roles must be able to do in a database: that they may, whoever they have it from."""

from __future__ import annotations

import pytest

import qb
from qb import (
    Arg,
    Col,
    Shape,
    Success,
    Table,
    column,
    create_all,
    default_privileges,
    grant,
    member_of,
    role,
    schema,
    select,
    sequence,
    sql,
    trusted,
    view,
)
from qb.kit import introspect, lacking, requires
from tests.render import ddl_objects, ddl_routines
from tests.render.ddl_schemas import HOSTILE

N = f"n{HOSTILE}"
Q = '"' + N.replace('"', '""') + '"'


class Ledger(Table, name="grants_ledger", schema=N):
    id: Col[int] = column(primary_key=True)
    amount: Col[int]
    note: Col[str] = column(name=N)


class LedgerId(Shape):
    id: Col[int]


READER, CLERK, GROUP = role("needed_reader"), role(f"needed {N}"), role("needed_group")
R = '"' + CLERK.name.replace('"', '""') + '"'
NUMBERS = sequence("grants_numbers", schema=N)
SEEN = view("grants_seen", select(Ledger.id).map(LedgerId), schema=N)


@qb.function(returns=int, language="sql", schema=N)
def needed_double(n: Arg[int]) -> qb.typing.Sql:
    return qb.sql("SELECT 2 * {n}", n=n)


WANTED = schema(
    Ledger,
    NUMBERS,
    SEEN,
    needed_double,
    READER,
    CLERK,
    GROUP,
    member_of(READER, GROUP),
    grant("select", "insert", on=Ledger, to=[READER, CLERK]),
    grant("update", on=(Ledger.amount, Ledger.note), to=READER),
    grant("usage", schema=N, to=READER),
    grant("usage", on=NUMBERS, to=CLERK, grantable=True),
    grant("all", on=SEEN, to=READER),
    grant("select", on=SEEN, to="public"),
    grant("execute", on=needed_double, to=READER),
    default_privileges("select", "insert", on="tables", to=READER, schema=N),
    default_privileges("execute", on="functions", to=READER),
)
T = f"{N}.grants_ledger"


def run(db: qb.Db, *texts: str) -> None:
    for text in texts:
        db.execute(sql(trusted(text)).command()).unwrap()


def test_what_is_granted_is_there(qb_tx: qb.Tx) -> None:
    qb_tx.run(create_all(WANTED)).unwrap()
    assert requires(WANTED)(qb_tx) == Success(None)


@pytest.mark.parametrize("name", ["access", "routines", "parts", "views"])
def test_nothing_is_lacking_where_all_was_created(qb_tx: qb.Tx, name: str) -> None:
    wanted = {**ddl_objects.ALL, **ddl_routines.ALL}[name]
    qb_tx.run(create_all(wanted)).unwrap()
    assert lacking(wanted, introspect(qb_tx).unwrap()) == ()


CHANGES: dict[str, tuple[str, ...]] = {
    f"REVOKE INSERT ON {Q}.grants_ledger FROM {R}": (f"grant of insert on table {T} to {CLERK.name}",),
    f"REVOKE ALL ON {Q}.grants_ledger FROM needed_reader": (
        f"grant of select, insert on table {T} to needed_reader",
        f"grant of update on table {T} (amount, {N}) to needed_reader",
    ),
    f"REVOKE UPDATE ({Q}) ON {Q}.grants_ledger FROM needed_reader": (
        f"grant of update on table {T} (amount, {N}) to needed_reader",
    ),
    f"REVOKE USAGE ON SCHEMA {Q} FROM needed_reader": (f"grant of usage on schema {N} to needed_reader",),
    f"REVOKE GRANT OPTION FOR USAGE ON SEQUENCE {Q}.grants_numbers FROM {R}": (
        f"grant of usage on sequence {N}.grants_numbers to {CLERK.name} with the grant option",
    ),
    f"REVOKE TRIGGER ON {Q}.grants_seen FROM needed_reader": (
        f"grant of trigger on view {N}.grants_seen to needed_reader",
    ),
    f"REVOKE SELECT ON {Q}.grants_seen FROM PUBLIC": (f"grant of select on view {N}.grants_seen to public",),
    f"REVOKE EXECUTE ON FUNCTION {Q}.needed_double FROM needed_reader, PUBLIC": (
        f"grant of execute on function {N}.needed_double(bigint) to needed_reader",
    ),
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA {Q} REVOKE INSERT ON TABLES FROM needed_reader": (
        f"default privileges of insert on tables in {N} to needed_reader",
    ),
    "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM needed_reader": (
        "default privileges of execute on functions to needed_reader",
    ),
    "REVOKE needed_group FROM needed_reader": ("membership needed_group.needed_reader",),
}


@pytest.mark.parametrize(("change", "absent"), CHANGES.items(), ids=range(len(CHANGES)))
def test_what_is_revoked_is_named(qb_tx: qb.Tx, change: str, absent: tuple[str, ...]) -> None:
    qb_tx.run(create_all(WANTED)).unwrap()
    run(qb_tx, change)
    assert lacking(WANTED, introspect(qb_tx).unwrap()) == absent


SAME = {
    "of everybody": (f"GRANT INSERT ON {Q}.grants_ledger TO PUBLIC",),
    "of the whole table": (
        f"REVOKE UPDATE (amount, {Q}) ON {Q}.grants_ledger FROM needed_reader",
        f"GRANT UPDATE ON {Q}.grants_ledger TO needed_reader",
        f"GRANT INSERT ON {Q}.grants_ledger TO {R}",
    ),
    "of a group": (f"GRANT needed_group TO {R}", f"GRANT INSERT ON {Q}.grants_ledger TO needed_group"),
    "the owner": (f"ALTER TABLE {Q}.grants_ledger OWNER TO {R}",),
    "a superuser": (f"ALTER ROLE {R} SUPERUSER",),
}


@pytest.mark.parametrize("instead", SAME.values(), ids=SAME)
def test_a_role_may_whoever_it_has_it_from(qb_tx: qb.Tx, instead: tuple[str, ...]) -> None:
    qb_tx.run(create_all(WANTED)).unwrap()
    run(qb_tx, f"REVOKE INSERT ON {Q}.grants_ledger FROM {R}")
    assert lacking(WANTED, introspect(qb_tx).unwrap()) != ()
    run(qb_tx, *instead)
    assert lacking(WANTED, introspect(qb_tx).unwrap()) == ()


def test_a_member_of_a_superuser_is_none(qb_tx: qb.Tx) -> None:
    """PostgreSQL says so, too."""
    qb_tx.run(create_all(WANTED)).unwrap()
    run(qb_tx, f"REVOKE INSERT ON {Q}.grants_ledger FROM {R}", "CREATE ROLE needed_boss SUPERUSER")
    run(qb_tx, f"GRANT needed_boss TO {R}")
    may = qb.sql("SELECT has_table_privilege({role}, {table}, 'INSERT')", role=CLERK.name, table=f"{Q}.grants_ledger")
    assert qb_tx.scalar(may.rows(bool)).unwrap() is False
    assert lacking(WANTED, introspect(qb_tx).unwrap()) == (f"grant of insert on table {T} to {CLERK.name}",)
    run(qb_tx, f"ALTER TABLE {Q}.grants_ledger OWNER TO needed_boss")
    assert lacking(WANTED, introspect(qb_tx).unwrap()) == ()


def test_a_group_whose_privileges_are_not_inherited(qb_tx: qb.Tx) -> None:
    qb_tx.run(create_all(WANTED)).unwrap()
    run(qb_tx, f"REVOKE INSERT ON {Q}.grants_ledger FROM {R}", f"GRANT INSERT ON {Q}.grants_ledger TO needed_group")
    run(qb_tx, f"GRANT needed_group TO {R} WITH INHERIT FALSE")
    assert lacking(WANTED, introspect(qb_tx).unwrap()) == (f"grant of insert on table {T} to {CLERK.name}",)


def test_a_view_in_the_place_of_a_table(qb_tx: qb.Tx) -> None:
    class Seen(Table, name="grants_as_view"):
        id: Col[int] = column(qb.pg.integer)

    wanted = schema(Seen, READER, grant("select", on=Seen, to=READER), grant("usage", schema="public", to=READER))
    run(qb_tx, "CREATE ROLE needed_reader", "CREATE VIEW grants_as_view AS SELECT 1 AS id")
    assert lacking(wanted, introspect(qb_tx).unwrap()) == (
        "grant of select on table public.grants_as_view to needed_reader",
    )
    run(qb_tx, "GRANT SELECT ON grants_as_view TO needed_reader")
    assert lacking(wanted, introspect(qb_tx).unwrap()) == ()


def test_a_grant_on_what_is_not_there(qb_tx: qb.Tx) -> None:
    wanted = schema(Ledger, READER, grant("select", on=Ledger, to=READER))
    assert lacking(wanted, introspect(qb_tx).unwrap()) == (
        f"schema {N}",
        "role needed_reader",
        f"table {T}",
        f"grant of select on table {T} to needed_reader",
    )
