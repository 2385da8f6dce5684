"""What somebody else owns: named, queried and pointed to, never created or dropped, and made as a stand-in where its
owner is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from types import ModuleType
from typing import Any, NewType, cast
from uuid import UUID

import pytest

from qb import (
    Col,
    DefinitionError,
    QueryError,
    Script,
    Success,
    Table,
    Tx,
    check,
    column,
    create_all,
    drop_all,
    exclude,
    foreign_key,
    function,
    index,
    insert,
    namespace,
    new,
    partition_by_range,
    pg,
    policy,
    primary_key,
    references,
    schema,
    select,
    sequence,
    serial,
    sql,
    unique,
)
from qb.model.enum import EnumDefinition
from qb.model.namespace import Namespace

AccountId = NewType("AccountId", UUID)


class Level(Enum):
    LOW = "low"
    HIGH = "high"


def code_of(text: str) -> str:
    return text


code = pg.custom("theirs.code", encode=code_of, decode=code_of, external=True)
uid = function("uid", code, returns=AccountId | None, schema="theirs", volatility="stable")
mail = namespace("their mail", external=True)


class Account(Table, name="accounts", schema="theirs", external=True):
    id: Col[AccountId] = column(primary_key=True)
    level: Col[Level] = column(pg.enum("level", Level, schema="theirs"))
    code: Col[str] = column(code)
    tenant: Col[int]


account_key = unique(Account.tenant, Account.code)


class Profile(Table, name="profiles of externals"):
    account_id: Col[AccountId] = column(references=Account.id)
    caller: Col[AccountId | None] = column(default=uid("x"))
    code: Col[str] = column(code)


whole = schema(Profile, Account, account_key, uid, mail)
OBJECTS = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE nspname IN ('theirs', 'their mail') OR relname = 'profiles of externals'
UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE nspname = 'theirs'
UNION ALL SELECT y.oid::regtype::text FROM pg_type y JOIN pg_namespace n ON n.oid = y.typnamespace
WHERE nspname = 'theirs' AND typtype IN ('e', 'd')
UNION ALL SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'their%'
ORDER BY 1
"""
THEIRS = [
    "their mail",
    "theirs",
    "theirs.accounts",
    "theirs.accounts_pkey",
    "theirs.accounts_tenant_code_key",
    "theirs.code",
    "theirs.level",
    "theirs.uid(theirs.code)",
]
OURS = '"profiles of externals"'


def there(tx: Tx) -> list[str]:
    return tx.all(sql(OBJECTS).rows(str)).unwrap()


def test_plans_have_ours_alone() -> None:
    assert [repr(each) for each in create_all(whole).operations] == ["<create table profiles of externals>"]
    assert [repr(each) for each in create_all(whole, if_not_exists=True).operations] == [
        "<compare table profiles of externals>",
        "<create table profiles of externals>",
    ]
    assert [repr(each) for each in drop_all(whole).operations] == ["<drop table profiles of externals>"]
    assert whole == schema(mail, uid, account_key, Account, Profile)
    assert whole.namespaces == ()


def test_stand_ins_are_made_where_the_owner_is_not(qb_tx: Tx) -> None:
    qb_tx.run(create_all(whole, stand_ins=True)).unwrap()
    assert there(qb_tx) == sorted([OURS, *THEIRS])
    account = AccountId(UUID(int=1))
    made = new(Account)(id=account, level=Level.HIGH, code="c", tenant=1)
    qb_tx.execute(insert(made)).unwrap()
    qb_tx.execute(insert(new(Profile)(account_id=account, code="d"))).unwrap()
    found = select(Account.level, Account.code, Profile.code, Profile.caller).join(
        Profile, on=Profile.account_id == Account.id
    )
    assert qb_tx.one(found) == Success((Level.HIGH, "c", "d", None))
    qb_tx.run(drop_all(whole)).unwrap()
    assert there(qb_tx) == THEIRS
    qb_tx.run(create_all(whole, stand_ins=True, if_not_exists=True)).unwrap()
    qb_tx.run(drop_all(whole, stand_ins=True)).unwrap()
    assert there(qb_tx) == []


def test_what_the_owner_made_is_taken_as_it_is(qb_tx: Tx) -> None:
    """More columns, another type than was declared: nobody compares them."""
    theirs = Script(
        "CREATE SCHEMA theirs",
        "CREATE DOMAIN theirs.code AS varchar(5)",
        "CREATE TABLE theirs.accounts (id uuid PRIMARY KEY, tenant integer, more text NOT NULL)",
        "CREATE FUNCTION theirs.uid(theirs.code) RETURNS uuid LANGUAGE sql AS $$SELECT NULL::uuid$$",
    )
    qb_tx.run(theirs).unwrap()
    qb_tx.run(create_all(whole, if_not_exists=True)).unwrap()
    qb_tx.run(create_all(whole, if_not_exists=True)).unwrap()
    qb_tx.run(drop_all(whole)).unwrap()
    assert there(qb_tx) == [
        "theirs",
        "theirs.accounts",
        "theirs.accounts_pkey",
        "theirs.code",
        "theirs.uid(theirs.code)",
    ]


def enums(*items: Any) -> tuple[EnumDefinition, ...]:
    return schema(*items).enums


def test_whose_an_enum_is() -> None:
    def of(type_: Any, external: bool) -> Any:
        class Made(Table, name=f"made {type_.external} {external}", external=external):
            level: Col[Level] = column(type_)

        return Made

    mine, theirs = pg.enum("level", Level), pg.enum("level", Level, external=True)
    assert [each.external for each in enums(of(mine, True))] == [True]
    assert [each.external for each in enums(of(mine, False))] == [False]
    assert [each.external for each in enums(of(mine, True), of(mine, False))] == [False]
    assert [each.external for each in enums(of(theirs, False), of(mine, False))] == [True]
    assert [each.external for each in enums(of(mine, True), mine)] == [False]
    assert [each.external for each in enums(theirs)] == [True]


def test_an_enum_that_no_column_uses_and_schemas_without_tables(qb_tx: Tx) -> None:
    module = ModuleType("of_what_stands_alone")
    vars(module).update(mood=pg.enum("mood alone", Level), again=pg.enum("mood alone", Level), app=namespace("app al"))
    alone = schema(module)
    assert [str(each.identity) for each in alone.roots] == ["schema app al", "enum mood alone"]
    qb_tx.run(create_all(alone)).unwrap()
    labels = sql('SELECT unnest(enum_range(NULL::"mood alone"))::text')
    assert qb_tx.all(labels.rows(str)) == Success(["low", "high"])
    left = sql(
        "SELECT nspname::text FROM pg_namespace WHERE nspname = 'app al' UNION ALL "
        "SELECT typname::text FROM pg_type WHERE typname = 'mood alone'"
    ).rows(str)
    assert qb_tx.all(left) == Success(["app al", "mood alone"])
    qb_tx.run(create_all(alone, if_not_exists=True)).unwrap()
    qb_tx.run(drop_all(alone)).unwrap()
    assert qb_tx.all(left) == Success([])
    assert create_all(schema()).operations == ()
    items = pg.enum("one", Level), pg.enum("two", Level), namespace("three"), namespace("four"), sequence("five")
    assert schema(*items) == schema(*reversed(items))
    assert str(create_all(schema())) == ""


def test_what_a_column_of_theirs_owns_is_theirs(qb_tx: Tx) -> None:
    class Log(Table, name="logs of externals", external=True):
        id: Col[int] = column(pg.integer, primary_key=True, default=serial())

    drawn = sequence("numbers of externals", external=True)

    class Copy(Table, name="copies of externals"):
        id: Col[int] = column(primary_key=True, references=Log.id)
        number: Col[int] = column(default=drawn.next())

    described = schema(Log, Copy, drawn)
    assert [repr(each) for each in create_all(described).operations] == ["<create table copies of externals>"]
    assert [repr(each) for each in drop_all(described).operations] == ["<drop table copies of externals>"]
    qb_tx.run(create_all(described, stand_ins=True)).unwrap()
    qb_tx.execute(insert(new(Log)())).unwrap()
    assert qb_tx.one(insert(new(Copy)(id=1)).returning(Copy.number)) == Success(1)
    qb_tx.run(drop_all(described, stand_ins=True)).unwrap()
    left = sql("SELECT count(*) FROM pg_class WHERE relname LIKE '%of externals%'").rows(int)
    assert qb_tx.scalar(left) == Success(0)
    with pytest.raises(DefinitionError, match="the sequence s is owned by logs of externals"):
        schema(Log, sequence("s", owned_by=Log.id))


class Sale(Table, name="sales of externals", external=True, rls="force"):
    day: Col[int] = column(primary_key=True)
    level: Col[Level] = column(pg.enum("level of externals", Level))


by_day = partition_by_range(Sale, Sale.day)
first = by_day.partition("first of externals", 0, 10, external=False)
second = by_day.partition("second of externals", 10, 20, external=True)


def test_a_partition_of_theirs_is_ours_where_it_says_so(qb_tx: Tx) -> None:
    described = schema(Sale, first, second)
    assert next(repr(each) for each in create_all(described).operations) == "<create table first of externals>"
    qb_tx.run(
        Script(
            "CREATE TYPE \"level of externals\" AS ENUM ('low', 'high')",
            'CREATE TABLE "sales of externals" (day bigint PRIMARY KEY, level "level of externals" NOT NULL) '
            "PARTITION BY RANGE (day)",
        )
    ).unwrap()
    for _ in range(2):
        qb_tx.run(create_all(described, if_not_exists=True)).unwrap()
    qb_tx.execute(insert(new(Sale)(day=1, level=Level.LOW))).unwrap()
    assert qb_tx.all(select(first.day)) == Success([1])
    qb_tx.run(drop_all(described)).unwrap()
    assert [repr(each) for each in drop_all(described).operations][-1] == "<drop table first of externals>"
    with pytest.raises(DefinitionError, match="the partition x is of sales of externals, which is external: say"):
        schema(Sale, by_day.partition("x", 30, 40))


def test_a_policy_on_theirs_needs_their_row_security(qb_tx: Tx) -> None:
    class Open(Table, name="open of externals", external=True):
        id: Col[int] = column(primary_key=True)

    with pytest.raises(DefinitionError, match="open of externals has the policy 'p' and is external, so nobody"):
        schema(Open, policy(Open, name="p", using=Open.id > 0))
    described = schema(Sale, policy(Sale, name="p", using=Sale.day > 0))
    assert [repr(each) for each in create_all(described).operations] == ["<create policy sales of externals.p>"]
    assert [repr(each) for each in drop_all(described).operations] == ["<drop policy sales of externals.p>"]
    qb_tx.run(create_all(described, stand_ins=True)).unwrap()
    asked = sql("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = 'sales of externals'")
    assert qb_tx.scalar(asked.rows(bool)) == Success(True)
    qb_tx.run(drop_all(described, stand_ins=True)).unwrap()


def test_a_table_without_columns(qb_tx: Tx) -> None:
    class Bare(Table, name="bare of externals"):
        pass

    described = schema(Bare)
    assert list(create_all(described).statements) == ['CREATE TABLE "bare of externals" ()']
    qb_tx.run(create_all(described)).unwrap()
    qb_tx.run(create_all(described, if_not_exists=True)).unwrap()
    columns = sql("SELECT count(*) FROM pg_attribute WHERE attrelid = '\"bare of externals\"'::regclass AND attnum > 0")
    assert qb_tx.scalar(columns.rows(int)) == Success(0)
    qb_tx.execute(insert(new(Bare)())).unwrap()
    assert qb_tx.all(select(Bare)).map(len) == Success(1)
    with pytest.raises(QueryError, match="returning: a table without columns gives nothing back: leave returning"):
        qb_tx.all(insert(new(Bare)()).returning())
    qb_tx.run(drop_all(described)).unwrap()


def test_schemas_are_their_owners_where_nothing_of_ours_is_in_them() -> None:
    def spaces(*items: Any) -> list[tuple[str, bool]]:
        return [(each.name, each.external) for each in schema(*items).roots if isinstance(each, Namespace)]

    assert spaces(Account) == [("theirs", True)]
    assert spaces(Account, sequence("s", schema="theirs")) == [("theirs", False)]
    assert spaces(Account, sequence("s", schema="theirs"), namespace("theirs", external=True)) == [("theirs", True)]
    with pytest.raises(DefinitionError, match="the schema theirs is declared twice, in two ways"):
        schema(namespace("theirs"), namespace("theirs", external=True))


EXTERNAL = "is on theirs.accounts, which is external: what its owner has on it is theirs, and is not created"


class Keyless(Table, name="keyless of externals", external=True):
    id: Col[int]


@pytest.mark.parametrize(
    ("define", "message"),
    [
        (lambda: schema(Account, index("i", Account.tenant)), f"the index 'i' {EXTERNAL}"),
        (lambda: schema(Account, check("c", Account.tenant > 0)), f"the check 'c' {EXTERNAL}"),
        (lambda: schema(Account, foreign_key(Account.id, Account.id)), f"a foreign key {EXTERNAL}"),
        (
            lambda: schema(Account, exclude("e", (Account.tenant, "="), method="btree")),
            f"the exclusion 'e' {EXTERNAL}",
        ),
        (
            lambda: cast("Any", type(Table))("M", (Table,), {}, external=True),
            "class M is external and no table: ",
        ),
        (lambda: namespace(""), "a schema has an empty name"),
    ],
)
def test_wrong_externals(define: Callable[[], object], message: str) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(message)}"):
        define()


class Member(Table, name="members of externals"):
    tenant: Col[int]
    code: Col[str] = column(code)
    boss: Col[AccountId | None] = column(references=references(Account.id, on_delete="set null"), default=None)


def test_foreign_keys_of_ours_point_to_keys_of_theirs(qb_tx: Tx) -> None:
    key = foreign_key((Member.tenant, Member.code), (Account.tenant, Account.code), on_delete="cascade")
    described = schema(Account, account_key, Member, key)
    qb_tx.run(create_all(described, stand_ins=True)).unwrap()
    keys = sql(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' "
        "AND conrelid = '\"members of externals\"'::regclass ORDER BY 1"
    ).rows(str)
    assert qb_tx.all(keys).unwrap() == [
        "FOREIGN KEY (boss) REFERENCES theirs.accounts(id) ON DELETE SET NULL",
        "FOREIGN KEY (tenant, code) REFERENCES theirs.accounts(tenant, code) ON DELETE CASCADE",
    ]
    with pytest.raises(DefinitionError, match=r"references theirs\.accounts\.tenant and code, which is not unique"):
        schema(Account, Member, key)


def test_keys_beside_an_external_table_say_what_is_there() -> None:
    """A foreign key of ours may point to them; only a stand-in creates them."""
    (table,) = schema(Keyless, primary_key(Keyless.id, name="their key")).tables
    assert table.primary_key is not None
    assert create_all(schema(Keyless, primary_key(Keyless.id, name="their key"))).operations == ()
