"""`generate_rows`: rows that are what descriptors say, the same ones for a seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, NewType
from uuid import UUID

import msgspec
import pytest

from qb import (
    Col,
    Database,
    Db,
    Script,
    Table,
    Tx,
    check,
    column,
    create_all,
    domain,
    fn,
    foreign_key,
    identity,
    index,
    matching,
    pg,
    primary_key,
    references,
    schema,
    select,
    sql,
    trusted,
    unique,
)
from qb.kit import GeneratedTable, generate_rows, validate
from qb.kit.seeding.errors import HiddenRows, UnfillableTable
from qb.typing import Schema

HOSTILE = """it's "50%" {x} $1 \\ 的 select"""
OrgId = NewType("OrgId", UUID)


class Mood(Enum):
    GOOD = "it's good"
    BAD = "bad"


class Settings(msgspec.Struct, frozen=True):
    theme: Literal["dark", "light"]
    depth: int = 0


short = domain("seeding short", pg.text, check=lambda value: fn.length(value) <= 12)


class Org(Table, name=HOSTILE):
    id: Col[OrgId] = column(primary_key=True, default=fn.gen_random_uuid())
    slug: Col[str] = column(short, unique=True)
    owner_id: Col[int | None] = column(references=lambda: Person.id, default=None)
    settings: Col[Settings] = column(pg.jsonb)
    made_at: Col[dt.datetime] = column(default=fn.now())


class Person(Table, name="seeding_people"):
    id: Col[int] = column(primary_key=True, generated=identity())
    org_id: Col[OrgId] = column(references=references(Org.id, on_delete="cascade"))
    mood: Col[Mood] = column(pg.enum("seeding mood", Mood))
    boss_id: Col[int | None] = column(references=lambda: Person.id, default=None)
    price: Col[Decimal] = column(pg.numeric(6, 2), check=lambda price: price > 0)
    kind: Col[Literal["a", "b"]]


of_org = unique(Person.org_id, Person.id)


class Card(Table, name="seeding_cards"):
    person_id: Col[int] = column(primary_key=True, references=references(Person.id))
    org_id: Col[OrgId]
    lent_to: Col[int | None] = column(default=None)
    first: Col[int]
    last: Col[int]
    word: Col[str]


one_org = foreign_key((Card.org_id, Card.person_id), (Person.org_id, Person.id))
lent_within = foreign_key((Card.org_id, Card.lent_to), (Person.org_id, Person.id))
ordered = check("seeding_cards_ordered", Card.first <= Card.last)
unread = check("seeding_cards_unread", fn.replace(Card.word, "lotus", "x") == Card.word)

PARTS = schema(Org, Person, Card, of_org, one_org, lent_within, ordered, unread)


def everything(db: Db, of: Schema) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in of.tables:
        name = '"' + each.source.name.replace('"', '""') + '"'
        text = f"SELECT each::text FROM {name} AS each ORDER BY 1"
        query = sql(trusted(text.replace("{", "{{").replace("}", "}}"))).rows(str)
        found[each.title] = db.all(query).unwrap()
    return found


def made(tx: Tx, of: Schema, count: int, seed: int = 0) -> dict[str, list[str]]:
    with tx.transaction(rollback=True) as inner:
        inner.run(create_all(of)).unwrap()
        assert generate_rows(of, inner, count, seed=seed).unwrap().rows == count * len(of.tables)
        return everything(inner, of)


def test_rows_are_what_their_descriptors_say(qb_tx: Tx) -> None:
    qb_tx.run(create_all(PARTS)).unwrap()
    told: list[str] = []
    found = generate_rows(PARTS, qb_tx, 60, seed=2, told=lambda table, rows: told.append(table)).unwrap()
    assert found.tables == tuple(GeneratedTable(each, 60) for each in (HOSTILE, "seeding_people", "seeding_cards"))
    assert told == [HOSTILE, "seeding_people", "seeding_cards"]
    assert validate(PARTS, qb_tx).unwrap().problems == ()
    owners = qb_tx.all(select(Org.owner_id)).unwrap()
    assert {each is None for each in owners} == {True, False}
    bosses = qb_tx.all(select(Person.id, Person.boss_id)).unwrap()
    assert {boss is None for _, boss in bosses} == {True, False}
    assert all(boss is None or boss < id for id, boss in bosses)  # nobody is above themselves
    assert {each is None for each in qb_tx.all(select(Card.lent_to)).unwrap()} == {True, False}


def test_a_seed_gives_the_same_rows(qb_tx: Tx) -> None:
    first = made(qb_tx, PARTS, 20, seed=7)
    assert first == made(qb_tx, PARTS, 20, seed=7)
    assert first[HOSTILE] != made(qb_tx, PARTS, 20, seed=8)[HOSTILE]


def test_what_holds_rows_is_left_and_referred_to(qb_tx: Tx) -> None:
    qb_tx.run(create_all(PARTS)).unwrap()
    orgs = matching(names=["it's*"])
    assert generate_rows(PARTS, qb_tx, 3, of=orgs).unwrap().rows == 3
    again = generate_rows(PARTS, qb_tx, 5).unwrap()
    assert again.tables[0] == GeneratedTable(HOSTILE, 0, held=True)
    assert again.rows == 10
    assert generate_rows(PARTS, qb_tx, 5).unwrap().rows == 0
    assert set(qb_tx.all(select(Person.org_id)).unwrap()) <= set(qb_tx.all(select(Org.id)).unwrap())


class Never(Table, name="seeding_never"):
    id: Col[int] = column(primary_key=True, default=identity())
    low: Col[int] = column(check=lambda low: low > 10)
    high: Col[int]


never = check("seeding_never_both", (Never.low < Never.high) & (Never.high < 5))


class Refused(Table, name="seeding_refused"):
    id: Col[int] = column(primary_key=True, default=identity())
    x: Col[str]


by_server = check("seeding_refused_x", fn.replace(Refused.x, "a", "b") == "c")


class Labels(Table, name="seeding_labels"):
    mood: Col[Mood] = column(pg.enum("seeding mood", Mood), primary_key=True)


class One(Table, name="seeding_one"):
    id: Col[int] = column(primary_key=True)
    other: Col[int] = column(references=lambda: Two.id)


class Two(Table, name="seeding_two"):
    id: Col[int] = column(primary_key=True)
    other: Col[int] = column(references=references(One.id))


class Lonely(Table, name="seeding_lonely"):
    id: Col[UUID] = column(primary_key=True)
    next: Col[UUID] = column(references=lambda: Lonely.id)


class Elsewhere(Table, name="seeding_elsewhere", external=True):
    id: Col[int] = column(primary_key=True)


class Pointing(Table, name="seeding_pointing"):
    id: Col[int] = column(primary_key=True)
    there: Col[int] = column(references=references(Elsewhere.id))


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        (
            (Never, never),
            r"the table seeding_never: .*the check seeding_never_both refuses what was drawn; fill it with a seed",
        ),
        ((Refused, by_server), r"the table seeding_refused: the constraint seeding_refused_x: "),
        (
            (One, Two),
            r"the table seeding_one: seeding_one refers to seeding_two refers to seeding_one, and none of these keys",
        ),
        ((Pointing, Elsewhere), r"the table seeding_pointing: it refers to seeding_elsewhere, which holds no row"),
    ],
    ids=["a check", "a check that the server judges", "a circle", "somebody else's"],
)
def test_what_no_row_can_be_made_for_is_told(qb_tx: Tx, parts: Iterable[Any], says: str) -> None:
    wanted = schema(*parts)
    qb_tx.run(create_all(wanted, stand_ins=True)).unwrap()
    with qb_tx.transaction(rollback=True) as inner:
        found = generate_rows(wanted, inner, 3)
        error = found.failure()
        assert isinstance(error, UnfillableTable)
        with pytest.raises(UnfillableTable, match=says):
            raise error


class Plain(Table, name="plain_rows"):
    id: Col[int] = column(primary_key=True)


def test_a_row_that_nobody_may_refer_to_twice(qb_tx: Tx) -> None:
    qb_tx.run(create_all(PARTS)).unwrap()
    people = matching(names=["it's*", "seeding_people"])
    assert generate_rows(PARTS, qb_tx, 3, of=people).unwrap().rows == 6
    found = generate_rows(PARTS, qb_tx, 5).unwrap().tables[2]
    assert found == GeneratedTable("seeding_cards", 3, short="each row of seeding_people is referred to by one already")


def test_keys_that_leave_room_for_few(qb_tx: Tx) -> None:
    wanted = schema(Labels)
    qb_tx.run(create_all(wanted)).unwrap()
    found = generate_rows(wanted, qb_tx, 10).unwrap()
    assert found.tables == (GeneratedTable("seeding_labels", 2, short="its keys leave room for no more"),)


def test_a_row_that_has_to_refer_to_one_of_its_table(qb_tx: Tx) -> None:
    wanted = schema(Lonely)
    qb_tx.run(create_all(wanted)).unwrap()
    assert generate_rows(wanted, qb_tx, 4).unwrap().rows == 4
    assert all(id == after for id, after in qb_tx.all(select(Lonely.id, Lonely.next)).unwrap())


class Event(Table, name="seeding_events"):
    id: Col[int] = column()
    at: Col[dt.datetime]
    code: Col[str]


by_day = primary_key(Event.id, Event.at)
by_lower = index("seeding_events_lower", fn.lower(Event.code), unique=True)


def test_a_unique_index_on_an_expression_is_the_servers_to_judge(qb_tx: Tx) -> None:
    wanted = schema(Event, by_day, by_lower)
    qb_tx.run(create_all(wanted)).unwrap()
    assert generate_rows(wanted, qb_tx, 200).unwrap().rows == 200


def test_nothing_is_kept_where_one_table_cannot_be_filled(qb_db: Database) -> None:
    wanted = schema(Labels, Never, never)
    with qb_db.transaction(rollback=True) as tx:
        tx.run(create_all(wanted)).unwrap()
        assert isinstance(generate_rows(wanted, tx, 3).failure(), UnfillableTable)
        assert tx.scalar(sql("SELECT count(*) FROM seeding_labels").rows(int)).unwrap() == 0


def test_a_table_whose_rows_are_hidden_is_not_taken_for_empty(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Plain))).unwrap()
    qb_tx.run(
        Script(
            "INSERT INTO plain_rows VALUES (1)",
            "CREATE ROLE qb_test_generates",
            "GRANT ALL ON plain_rows TO qb_test_generates",
            "ALTER TABLE plain_rows ENABLE ROW LEVEL SECURITY",
            "SET LOCAL ROLE qb_test_generates",
        )
    ).unwrap()
    error = generate_rows(schema(Plain), qb_tx, 3).failure()
    assert isinstance(error, HiddenRows)
    assert error.object == "plain_rows"
