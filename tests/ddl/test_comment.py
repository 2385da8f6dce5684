"""What is said of objects: of every kind that can be declared, as it was given, and changed by `Comment` alone."""

from __future__ import annotations

from typing import Any, Literal, cast

import msgspec
import pytest

from qb import (
    Arg,
    Col,
    DefinitionError,
    Expr,
    Shape,
    Success,
    Table,
    Tx,
    check,
    column,
    composite,
    create_all,
    domain,
    drop_all,
    event_trigger,
    event_trigger_function,
    exclude,
    fn,
    foreign_key,
    function,
    index,
    materialized_view,
    namespace,
    pg,
    policy,
    primary_key,
    procedure,
    publication,
    role,
    schema,
    select,
    sequence,
    sql,
    statistics,
    trigger,
    trigger_function,
    undone,
    unique,
    view,
)
from qb.ddl.operation import Alter, Comment
from qb.model.object import Object
from qb.model.table import TableDefinition
from qb.model.target import Target
from qb.render.ddl.script import planned
from qb.typing import Sql
from tests.render.ddl_schemas import HOSTILE

SAID = f"it's {HOSTILE}"


class Size(msgspec.Struct, frozen=True):
    width: int


class Owner(Table, name="owners of comments", schema="said", comment=SAID, rls=True):
    id: Col[int] = column(comment=SAID)
    tenant: Col[int] = column()
    kind: Col[Literal["a", "b"]] = column(
        pg.enum("kind of comments", Literal["a", "b"], schema="said", comment=SAID), default="a"
    )
    code: Col[str] = column(domain("code of comments", pg.text, schema="said", comment=SAID))
    size: Col[Size] = column(composite("size of comments", Size, schema="said", comment=SAID))


class Item(Table, name="items of comments", schema="said", comment=SAID):
    id: Col[int] = column(primary_key=True)
    owner: Col[int] = column()
    other: Col[int] = column()


class Id(Shape):
    id: Col[int]


owner_key = primary_key(Owner.id, comment=SAID)
one = unique(Owner.tenant, Owner.id, name="unique of comments", comment=SAID)
positive = check("check of comments", Owner.id > 0, comment=SAID)
later = check("late check of comments", Owner.tenant > 0, not_valid=True, comment=SAID)
to_owner = foreign_key((Item.other, Item.owner), (Owner.tenant, Owner.id), name="key of comments", comment=SAID)
back = foreign_key(Owner.tenant, Item.id, name="late key of comments", comment=SAID)
alone = exclude("exclusion of comments", (Item.owner, "="), method="btree", comment=SAID)
by_other = index("index of comments", Item.other, comment=SAID)
reader = role("qb role of comments", comment=SAID)
sees = policy(Owner, to=reader, using=Owner.id > 1, name="policy of comments", comment=SAID)
items = view("view of comments", select(Item.id).map(Id), schema="said", comment=SAID)
kept = materialized_view("kept of comments", select(Item.id).map(Id), schema="said", comment=SAID)
by_kept = index("index of kept comments", kept.id, comment=SAID)
numbers = sequence("numbers of comments", schema="said", comment=SAID)
stats = statistics("statistics of comments", Item.owner, Item.other, target=7, comment=SAID)
sent = publication("publication of comments", Item, comment=SAID)
touch = trigger_function("touch of comments", sql("BEGIN RETURN NEW; END"), schema="said", comment=SAID)
touched = trigger(Item, touch, before="update", comment=SAID)
tell = event_trigger_function("tell of comments", sql("BEGIN NULL; END"), schema="said", comment=SAID)
told = event_trigger("told of comments", tell, on="ddl_command_end", tags="CREATE CAST", comment=SAID)


@function(name="shout of comments", schema="said", volatility="immutable", comment=SAID)
def shout(text: Arg[str]) -> Expr[str]:
    return fn.upper(text)


@procedure(name="nothing of comments", schema="said", comment=SAID)
def nothing(number: Arg[int]) -> Sql:
    return sql("BEGIN NULL; END")


home = namespace("said", comment=SAID)
described = schema(
    *(
        Owner,
        Item,
        owner_key,
        one,
        positive,
        later,
        to_owner,
        back,
        alone,
        by_other,
        reader,
        sees,
        items,
        kept,
        by_kept,
    ),
    *(numbers, home, stats, sent, touch, touched, tell, told, shout, nothing),
)
WHAT = """
SELECT kind FROM (
    SELECT i.type AS kind
    FROM pg_description d, LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i WHERE d.description = {said}
    UNION ALL
    SELECT 'role' FROM pg_shdescription d WHERE d.classoid = 'pg_authid'::regclass AND d.description = {said}
) found ORDER BY kind
"""


def test_everything_says_what_it_is(qb_tx: Tx) -> None:
    made = create_all(described)
    qb_tx.run(made).unwrap()
    kinds = [each.object.kind for each in made.operations if isinstance(each, Comment)]
    assert sorted(set(kinds)) == [
        *(
            "check",
            "column",
            "composite type",
            "domain",
            "enum",
            "event trigger",
            "exclusion",
            "foreign key",
            "function",
        ),
        *("index", "materialized view", "policy", "primary key", "procedure", "publication", "role", "schema"),
        *("sequence", "statistics", "table", "trigger", "unique", "view"),
    ]
    found = qb_tx.all(sql(WHAT, said=SAID).rows(str)).unwrap()
    assert len(found) == len(kinds)
    assert sorted(set(found)) == [
        *("event trigger", "function", "index", "materialized view", "policy", "procedure", "publication", "role"),
        *("schema", "sequence", "statistics object", "table", "table column", "table constraint", "trigger", "type"),
        "view",
    ]
    away = [Comment(each.object, None, each.text) for each in made.operations if isinstance(each, Comment)]
    qb_tx.run(planned(away, Target())).unwrap()
    assert qb_tx.all(sql(WHAT, said=SAID).rows(str)) == Success([])
    again = undone(away)
    assert again is not None
    qb_tx.run(planned(again, Target())).unwrap()
    assert len(qb_tx.all(sql(WHAT, said=SAID).rows(str)).unwrap()) == len(kinds)
    qb_tx.run(drop_all(described, roles=[reader])).unwrap()


def test_what_is_there_already_says_it_too(qb_tx: Tx) -> None:
    class Plain(Table, name="plain of comments", comment="new"):
        id: Col[int] = column()

    qb_tx.run(create_all(schema(Plain))).unwrap()
    qb_tx.run(create_all(schema(Plain), if_not_exists=True)).unwrap()
    assert qb_tx.scalar(sql("""SELECT obj_description('"plain of comments"'::regclass)""").rows(str)) == Success("new")


def of(table: Any, *beside: Any) -> TableDefinition:
    return schema(table, *beside).tables[0]


def test_altering_leaves_comments_alone() -> None:
    class Before(Table, name="said"):
        id: Col[int] = column()

    class After(Table, name="said", comment="x"):
        id: Col[int] = column()

    with pytest.raises(DefinitionError, match="the comment of table said is no part of ALTER: change it with Comment"):
        Alter(of(Before), of(After))
    one, other = (of(Before, check("c", Before.id > 1, comment=each)) for each in ("a", "b"))
    with pytest.raises(DefinitionError, match=r"the comment of check said\.c is no part of ALTER"):
        Alter(one, other)
    numbers, said = cast("tuple[Object, Object]", (sequence("n"), sequence("n", comment="x")))
    assert numbers.differing(said) == ()
    assert numbers != said
    with pytest.raises(DefinitionError, match="the comment of sequence n is no part of ALTER"):
        Alter(numbers, said)


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ("a\0", "the sequence 'n': PostgreSQL cannot hold the NUL character in its comment: take it out"),
        ("\ud800", "the sequence 'n': its comment holds half of a surrogate pair, which no encoding can write"),
        (5, "the sequence 'n' has a comment that is no string: 5"),
    ],
)
def test_what_no_comment_is(comment: Any, text: str) -> None:
    with pytest.raises(DefinitionError, match=text):
        sequence("n", comment=comment)
    with pytest.raises(DefinitionError, match="comment"):
        type("Wrong", (Table,), {"__module__": __name__}, name="wrong", comment=comment)


def test_nothing_is_said_by_an_empty_comment() -> None:
    assert sequence("n", comment="") == sequence("n")
