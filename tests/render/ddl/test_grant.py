"""Grants and default privileges: ours where they are declared, and nothing else is ever revoked."""

from __future__ import annotations

from typing import Any

import pytest

from qb import (
    Col,
    DefinitionError,
    Success,
    Table,
    Target,
    Tx,
    column,
    create_all,
    default_privileges,
    drop_all,
    function,
    grant,
    materialized_view,
    member_of,
    namespace,
    pg,
    policy,
    role,
    schema,
    select,
    sequence,
    sql,
    trusted,
    view,
)
from qb.ddl.operation import Alter, Comment, Create
from qb.render.ddl.script import planned

reader, other = role("qb_grant_reader"), role("qb_grant_other")
numbers = sequence("numbers of grants")


class Book(Table, name="books of grants"):
    id: Col[int] = column(primary_key=True)
    title: Col[str] = column(name="the title")


class Shelf(Table, name="shelves of grants"):
    id: Col[int] = column(primary_key=True)


class Diary(Table, name="diaries of grants", rls=True):
    id: Col[int] = column(primary_key=True)


shown, kept = view("shown", select(Book)), materialized_view("kept", select(Book))


def may(tx: Tx, privilege: str, table: str = '"books of grants"', who: str = reader.name) -> bool:
    asked = sql("SELECT has_table_privilege({who}, {table}, {privilege})", who=who, table=table, privilege=privilege)
    return tx.scalar(asked.rows(bool)).unwrap()


def test_what_is_granted_may_be_done_and_no_more(qb_tx: Tx) -> None:
    rights = [
        grant("select", on=Book, to=reader),
        grant("update", "insert", on=(Book.title, Book.id), to=(reader, other)),
        grant("select", on=shown, to="public"),
        grant("all", on=kept, to=other),
        grant("usage", on=numbers, to=reader),
        grant("usage", schema="public", to=reader),
    ]
    of = schema(*rights, numbers, shown, kept, Book, reader, other)
    assert [each.kind for each in of.roots][-1] == "grant"
    qb_tx.run(create_all(of)).unwrap()
    assert (may(qb_tx, "SELECT"), may(qb_tx, "DELETE"), may(qb_tx, "SELECT", '"shown"', other.name)) == (
        True,
        False,
        True,
    )
    asked = "SELECT has_column_privilege({who}, '\"books of grants\"', 'the title', 'UPDATE')"
    assert qb_tx.scalar(sql(asked, who=other.name).rows(bool)) == Success(True)
    qb_tx.execute(sql('GRANT DELETE ON "books of grants" TO qb_grant_reader').command()).unwrap()
    for each in rights[:2]:
        qb_tx.run(planned([Create(each).inverse], Target())).unwrap()  # type: ignore[list-item]
    assert (may(qb_tx, "SELECT"), may(qb_tx, "DELETE")) == (False, True)  # what nobody declares stays
    qb_tx.run(create_all(schema(Shelf))).unwrap()


def test_on_several_tables(qb_tx: Tx) -> None:
    rights = grant("select", on=[Book, Shelf, shown], to=(reader, other))
    assert [each.on.name for each in rights] == ["books of grants", "shelves of grants", "shown"]
    of = schema(*rights, *grant("usage", on=(numbers,), to=reader), numbers, shown, Book, Shelf, reader, other)
    qb_tx.run(create_all(of)).unwrap()
    assert may(qb_tx, "SELECT", '"shown"', other.name)
    assert may(qb_tx, "SELECT", '"shelves of grants"')


def test_drop_all_takes_back_what_was_declared_and_leaves_the_roles(qb_tx: Tx) -> None:
    of = schema(grant("select", on=Book, to=reader), Book, reader)
    qb_tx.run(create_all(of)).unwrap()
    qb_tx.run(create_all(of, if_not_exists=True)).unwrap()
    qb_tx.run(drop_all(of)).unwrap()
    qb_tx.run(drop_all(of, if_exists=True)).unwrap()
    assert qb_tx.scalar(sql("SELECT count(*) FROM pg_roles WHERE rolname = 'qb_grant_reader'").rows(int)) == Success(1)
    qb_tx.run(drop_all(of, if_exists=True, roles=[reader])).unwrap()
    qb_tx.run(drop_all(of, if_exists=True, roles=[reader])).unwrap()


def test_drop_all_leaves_what_was_there_before(qb_tx: Tx) -> None:
    """What everybody, or somebody else's role, may do with what stays is no part of the schema alone."""
    theirs, mine = role("qb_grant_theirs", external=True), role("qb_grant_mine")
    group = role("qb_grant_group", external=True)

    class Lent(Table, name="lent of grants", external=True):
        id: Col[int] = column(primary_key=True)

    for statement in (
        "CREATE ROLE qb_grant_theirs",
        "CREATE ROLE qb_grant_group IN ROLE qb_grant_theirs",
        'CREATE TABLE "lent of grants" (id bigint PRIMARY KEY)',
        'GRANT SELECT ON "lent of grants" TO qb_grant_theirs, PUBLIC',
    ):
        qb_tx.execute(sql(trusted(statement)).command()).unwrap()
    of = schema(
        *(theirs, mine, group, Lent, Book, member_of(group, theirs)),
        grant("usage", schema="public", to=("public", mine)),
        grant("select", on=Lent, to=(theirs, "public", mine)),
        grant("select", on=Book, to=("public", theirs)),
        default_privileges("execute", on="functions", to="public"),
        default_privileges("execute", on="functions", to="public", owner=mine),
        default_privileges("usage", on="types", to=(mine, "public"), owner=mine),
        default_privileges("select", on="tables", to="public", owner=mine),
        default_privileges("select", on="tables", to=theirs),
    )
    state = sql(
        "SELECT array_agg(x ORDER BY x) FROM (SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public' UNION ALL "
        "SELECT relacl::text FROM pg_class WHERE relname = 'lent of grants' UNION ALL "
        "SELECT m.member::regrole::text FROM pg_auth_members m WHERE roleid = 'qb_grant_theirs'::regrole UNION ALL "
        "SELECT defaclacl::text FROM pg_default_acl WHERE defaclobjtype = 'f') y (x)"
    ).rows(list[str])
    before = qb_tx.scalar(state).unwrap()
    for _ in range(2):
        qb_tx.run(create_all(of, if_not_exists=True)).unwrap()
        qb_tx.run(drop_all(of, roles=[mine])).unwrap()
        assert qb_tx.scalar(state) == Success(before)


def test_defaults_are_for_what_is_still_to_come(qb_tx: Tx) -> None:
    rights = default_privileges("select", on="tables", to=reader)
    of = schema(rights, reader)
    qb_tx.run(create_all(of)).unwrap()
    qb_tx.run(create_all(schema(Book))).unwrap()
    assert (may(qb_tx, "SELECT"), may(qb_tx, "INSERT")) == (True, False)
    qb_tx.run(drop_all(of)).unwrap()
    qb_tx.run(create_all(schema(Shelf))).unwrap()
    assert not may(qb_tx, "SELECT", '"shelves of grants"')


def test_defaults_are_for_nothing_of_their_own_script(qb_tx: Tx) -> None:
    rights = default_privileges("select", on="tables", to=reader)
    of = schema(rights, reader, Book)
    assert create_all(of).statements[-1].startswith("ALTER DEFAULT PRIVILEGES")
    qb_tx.run(create_all(of)).unwrap()
    assert not may(qb_tx, "SELECT")
    qb_tx.run(create_all(schema(Shelf))).unwrap()
    assert may(qb_tx, "SELECT", '"shelves of grants"')


def test_a_namespace_is_its_schema() -> None:
    app = namespace("schema of grants")
    assert grant("usage", on=app, to=reader) == grant("usage", schema="schema of grants", to=reader)


def test_roles_that_were_left_go_later(qb_tx: Tx) -> None:
    rights = (
        grant("select", on=Book, to=reader),
        grant("usage", schema="schema of grants", to=reader),
        default_privileges("select", on="tables", to=reader, schema="schema of grants"),
        policy(Diary, to=reader, using=Diary.id > 1),
    )
    of = schema(Book, Diary, reader, namespace("schema of grants"), *rights)
    qb_tx.run(create_all(of)).unwrap()
    qb_tx.run(drop_all(of)).unwrap()
    for _ in range(2):
        qb_tx.run(drop_all(of, roles=[reader], if_exists=True)).unwrap()
    left = sql("SELECT count(*) FROM pg_roles WHERE rolname = {name}", name=reader.name).rows(int)
    assert qb_tx.one(left) == Success(0)


def test_the_right_to_grant_is_altered(qb_tx: Tx) -> None:
    for before, after in (
        (grant("select", on=Book, to=reader), grant("select", on=Book, to=reader, grantable=True)),
        (
            default_privileges("execute", on="functions", to=reader, owner=other, schema="public"),
            default_privileges("execute", on="functions", to=reader, owner=other, schema="public", grantable=True),
        ),
    ):
        made = [Create(each) for each in schema(Book, reader, other).roots]
        assert before != after
        changes = planned([*made, Create(before), Alter(before, after), Alter(after, before)], Target())
        with qb_tx.transaction(rollback=True) as tx:
            tx.run(changes).unwrap()
        assert [" WITH GRANT OPTION" in each or "GRANT OPTION FOR" in each for each in changes.statements[-2:]] == [
            True,
            True,
        ]


def test_functions_of_ones_own_may_be_called(qb_tx: Tx) -> None:
    slug = function('slug"(x)', pg.text, pg.numeric, returns=str, external=True)
    of = schema(slug, reader, grant("execute", on=slug, to=reader))
    qb_tx.run(create_all(of, stand_ins=True)).unwrap()
    asked = sql(
        "SELECT has_function_privilege({who}, {name}, 'EXECUTE')", who=reader.name, name='"slug""(x)"(text, numeric)'
    )
    assert qb_tx.scalar(asked.rows(bool)) == Success(True)
    qb_tx.run(drop_all(of)).unwrap()


def test_an_older_server_lacks_a_privilege() -> None:
    of = schema(Book, grant("maintain", on=Book, to="public"))
    with pytest.raises(DefinitionError, match="the privilege maintain came with PostgreSQL 17"):
        create_all(of, target=Target(16))
    assert create_all(of).statements[-1] == 'GRANT MAINTAIN ON TABLE "books of grants" TO PUBLIC'


untyped: Any = grant
WRONG = [
    (lambda: grant("select", to=reader), r"grant takes either on=, an object, or schema="),
    (lambda: grant("select", on=Book, schema="x", to=reader), "grant takes either on=, an object, or schema="),
    (lambda: untyped("select", on=(Book.id, Shelf), to=reader), "grant is on columns of one table, or on tables"),
    (lambda: untyped("select", on=[Book, "books"], to=reader), "grant is on a table, a view, columns, a sequence"),
    (lambda: untyped("usage", on=[numbers, Book], to=reader), "the grant on table books of grants: 'usage' is no"),
    (lambda: untyped("select", on="books", to=reader), "grant is on a table, a view, columns, a sequence"),
    (lambda: grant("select", on=(Book.id, Shelf.id), to=reader), "grant is on columns of one table"),
    (lambda: grant("select", on=(Book.id, Book.id), to=reader), "names id twice: drop one of them"),
    (lambda: grant("select", on=(), to=reader), "grant is on no column: name one"),
    (lambda: grant(on=Book, to=reader), "the grant on table books of grants names no privilege: name some of select"),
    (lambda: grant("delete", on=Book.id, to=reader), "'delete' is no privilege on it: there are select, insert,"),
    (lambda: grant("insert", on=numbers, to=reader), "'insert' is no privilege on it: there are usage"),
    (lambda: grant("select", "select", on=Book, to=reader), "names a privilege twice among select, select: drop one"),
    (lambda: grant("select", "all", on=Book, to=reader), "'all' is no privilege on it"),
    (lambda: grant("select", on=Book, to="bob"), "is for roles: role"),
    (lambda: grant("select", on=Book, to=()), "is for no role: name one"),
    (lambda: grant("select", on=reader, to=reader), "PostgreSQL grants no privileges on this kind of object"),
    (lambda: default_privileges("select", on="views", to=reader), "default_privileges is on one of tables, sequences"),  # type: ignore[arg-type]
    (lambda: default_privileges("usage", on="schemas", to=reader, schema="x"), "are not within a schema: drop schema="),
    (lambda: default_privileges("select", on="tables", to=reader, owner="x"), "owner is a role"),  # type: ignore[arg-type]
    (
        lambda: schema(Book, grant("select", on=Book, to=reader)),
        "needs the role qb_grant_reader, which is not in the schema: add the role, or its module; it is external=True",
    ),
    (lambda: schema(reader, grant("select", on=Book, to=reader)), "needs the table books of grants, which is not in"),
    (lambda: schema(default_privileges("select", on="tables", to="public", owner=reader)), "needs the role qb_grant"),
    (lambda: planned([Comment(grant("select", on=Book, to=reader), "x")], Target()), "keeps no comment on a grant"),
    (
        lambda: planned([Comment(default_privileges("select", on="tables", to=reader), "x")], Target()),
        "keeps no comment on default privileges",
    ),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_cannot_be(wrong: object, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        wrong()  # type: ignore[operator]
