"""Functions of a database: named with their types, called wherever an expression stands."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, NewType, cast
from uuid import UUID

import pytest

from qb import (
    CheckViolation,
    Col,
    DefinitionError,
    QueryError,
    Script,
    Select,
    Success,
    Table,
    Tx,
    check,
    column,
    compile,
    create_all,
    drop_all,
    exclude,
    fn,
    function,
    index,
    insert,
    maybe,
    new,
    pg,
    prepare,
    schema,
    select,
    sql,
)
from qb.ddl.operation import Comment, Create, Drop
from qb.model.object import Identity
from qb.model.target import Target
from qb.render.ddl.script import planned
from qb.render.effects import Effects

PageId = NewType("PageId", int)

CREATED = Script(
    'CREATE SCHEMA "of functions"',
    """CREATE FUNCTION "of functions"."slug it"(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
       AS $$SELECT lower(replace($1, ' ', '-'))$$""",
    """CREATE FUNCTION "of functions"."slug it"(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE
       AS $$SELECT 'bigint'$$""",
    """CREATE FUNCTION "of functions"."slug it"(text, integer) RETURNS text LANGUAGE sql IMMUTABLE
       AS $$SELECT 'integer'$$""",
    """CREATE FUNCTION "of functions".me() RETURNS uuid LANGUAGE sql STABLE
       AS $$SELECT '00000000-0000-0000-0000-000000000001'::uuid$$""",
    'CREATE FUNCTION "of functions".touch() RETURNS bigint LANGUAGE sql AS $$SELECT 1$$',
)
slug = function("slug it", pg.text, returns=str, schema="of functions", volatility="immutable", strict=True)
wide = function("slug it", pg.text, pg.bigint, returns=str, schema="of functions", volatility="immutable")
narrow = function("slug it", pg.text, pg.integer, returns=str, schema="of functions", volatility="immutable")
me = function("me", returns=UUID | None, schema="of functions", volatility="stable")
touch = function("touch", returns=int, schema="of functions")


class Page(Table, name="pages of functions"):
    id: Col[PageId] = column(pg.integer, primary_key=True)
    owner: Col[UUID | None] = column(default=me())
    title: Col[str] = column(pg.varchar(80), check=lambda title: slug(title) != "x")
    note: Col[str | None] = column(default=slug("A Note"))
    path: Col[str] = column(generated=slug(title) + "/" + wide(title, 1))


by_slug = index("pages_slug_idx", slug(Page.title), where=narrow(Page.title, 2) == "integer", unique=True)
own_note = check("pages_note_check", slug(Page.note) != slug(Page.title))
described = schema(Page, by_slug, own_note)

CATALOG = """
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = '"pages of functions"'::regclass
UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'
  AND conrelid = '"pages of functions"'::regclass
UNION ALL SELECT pg_get_indexdef('pages_slug_idx'::regclass)
ORDER BY 1
"""


def test_they_stand_wherever_an_expression_does(qb_tx: Tx) -> None:
    qb_tx.run(CREATED).unwrap()
    qb_tx.run(create_all(described)).unwrap()
    assert qb_tx.all(sql(CATALOG).rows(str)).unwrap() == [
        '"of functions"."slug it"(\'A Note\'::text)',
        '"of functions".me()',
        (
            '(("of functions"."slug it"((title)::text) || \'/\'::text) || '
            '"of functions"."slug it"((title)::text, \'1\'::bigint))'
        ),
        'CHECK (("of functions"."slug it"((title)::text) <> \'x\'::text))',
        'CHECK (("of functions"."slug it"(note) <> "of functions"."slug it"((title)::text)))',
        (
            'CREATE UNIQUE INDEX pages_slug_idx ON public."pages of functions" USING btree '
            '("of functions"."slug it"((title)::text)) '
            'WHERE ("of functions"."slug it"((title)::text, 2) = \'integer\'::text)'
        ),
    ]
    made = insert(new(Page)(id=PageId(1), title="On Functions")).returning(Page.path, Page.owner, Page.note)
    assert qb_tx.one(made) == Success(("on-functions/bigint", UUID(int=1), "a-note"))
    assert isinstance(qb_tx.execute(insert(new(Page)(id=PageId(2), title="X"))).failure(), CheckViolation)


def test_they_are_called_in_queries_by_their_types(qb_tx: Tx) -> None:
    qb_tx.run(CREATED).unwrap()
    qb_tx.run(create_all(described)).unwrap()
    qb_tx.execute(insert(new(Page)(id=PageId(1), title="On Functions", note=None))).unwrap()
    found = select(slug(Page.title), wide(Page.title, 1), narrow("x", Page.id), wide(slug("A B"), Page.id), me())
    assert qb_tx.one(found) == Success(("on-functions", "bigint", "integer", "bigint", UUID(int=1)))
    assert qb_tx.one(select(maybe(slug(Page.note)))) == Success(None)
    assert qb_tx.scalar(select(touch())) == Success(1)

    @prepare
    def called(title: str) -> Select[PageId]:
        return select(Page.id).where(slug(Page.title) == slug(title), Page.owner == me())

    assert qb_tx.all(called("ON functions")) == Success([PageId(1)])


def test_what_a_call_may_do(qb_tx: Tx) -> None:
    """A volatile one may do anything; others read, as PostgreSQL holds them to."""
    assert compile(select(touch())).effects == Effects()
    assert compile(select(me())).effects == Effects(writes=False, lingers=False)


def test_it_is_an_object_as_others_are(qb_tx: Tx) -> None:
    named = Identity("function", "of functions", "", "slug it(text)")
    assert (slug.identity, str(slug.identity)) == (named, "function of functions.slug it(text)")
    assert slug.needs == (Identity("schema", "", "", "of functions"),)
    assert slug == function("slug it", pg.text, returns=str, schema="of functions", volatility="immutable", strict=True)
    assert wide.identity != narrow.identity
    (table,) = described.tables
    assert {each.title for each in table.needs if each.kind == "function"} == {
        "of functions.slug it(text)",
        "of functions.slug it(text, bigint)",
        "of functions.slug it(text, integer)",
        "of functions.me()",
    }
    whole = schema(Page, by_slug, own_note, slug, wide, narrow, me)
    assert whole == schema(me, narrow, wide, slug, own_note, by_slug, Page)
    assert list(create_all(whole).statements) == list(create_all(described).statements)
    stand_ins = create_all(whole, stand_ins=True)
    qb_tx.run(stand_ins).unwrap()
    counted = sql("SELECT provolatile::text, proisstrict FROM pg_proc WHERE proname = 'slug it' ORDER BY pronargs")
    assert qb_tx.all(counted.rows(tuple[str, bool])) == Success([("i", True), ("i", False), ("i", False)])
    assert qb_tx.all(select(slug("x"))).failure() is not None  # a stand-in gives NULL
    qb_tx.run(planned([Comment(slug, "it's slow")], Target())).unwrap()
    qb_tx.run(drop_all(whole, stand_ins=True)).unwrap()
    assert qb_tx.all(counted.rows(tuple[str, bool])) == Success([])
    assert Create(slug).inverse == Drop(slug)


sqlless = function("sqlless", pg.text, returns=str)


class Wrong(Table, name="wrong"):
    id: Col[int] = column(primary_key=True)
    at: Col[dt.datetime]
    text: Col[str]


def generated(made: Callable[[Any], Any]) -> Callable[[], object]:
    def define() -> object:
        class Made(Table, name="made"):
            text: Col[str] = column()
            other: Col[str] = column(pg.text, generated=made(text))

        return Made

    return define


KEPT = "PostgreSQL keeps there what is immutable alone: "


@pytest.mark.parametrize(
    ("define", "message"),
    [
        (
            generated(lambda text: narrow(text, 1) + sqlless(text)),
            (
                f'made.other: generated calls "sqlless"(), which is volatile, and {KEPT}say volatility="immutable" '
                "where it is declared, if it is that, or leave it out"
            ),
        ),
        (
            generated(lambda text: fn.concat(text, "x")),
            f"made.other: generated calls concat(), which is stable, and {KEPT}leave it out",
        ),
        (
            lambda: index("i", sqlless(Wrong.text)),
            f"the index 'i' calls \"sqlless\"(), which is volatile, and {KEPT}say",
        ),
        (
            lambda: index("i", fn.date_trunc("day", Wrong.at)),
            f"the index 'i' calls date_trunc(), which is stable, and {KEPT}leave it out",
        ),
        (
            lambda: index("i", Wrong.text, where=sqlless(Wrong.text) == "x"),
            "the index 'i' calls \"sqlless\"(), which is volatile",
        ),
        (
            lambda: exclude("e", (sqlless(Wrong.text), "="), method="btree"),
            "the exclusion 'e' calls \"sqlless\"(), which is volatile",
        ),
        (lambda: function("", returns=str), "a function has an empty name"),
        (lambda: function("f", schema="", returns=str), "the schema of the function 'f' has an empty name"),
        (
            lambda: function("f", cast("Any", str), returns=str),
            "the function 'f' takes types such as pg.text for its arguments, not <class 'str'>",
        ),
        (
            lambda: function("f", returns=str, volatility=cast("Any", "pure")),
            "the function 'f': volatility is immutable, stable or volatile, not 'pure'",
        ),
        (
            lambda: function("f", returns=str, type=cast("Any", pg.integer)),
            "the function 'f': integer holds int, the annotation says str: change what it returns, or its type",
        ),
        (
            lambda: function("f", returns=str, external=False),
            "the function 'f' has no body, so it is somebody else's: leave external=False away",
        ),
    ],
)
def test_wrong_functions(define: Callable[[], object], message: str) -> None:
    with pytest.raises(DefinitionError, match=f"^{re.escape(message)}"):
        define()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cast("Any", slug)(), "of functions.slug it(text) takes 1 argument, and is given 0"),
        (lambda: cast("Any", wide)("x"), "of functions.slug it(text, bigint) takes 2 arguments, and is given 1"),
        (
            lambda: cast("Any", slug)(3),
            "argument 1 of of functions.slug it(text) (text) takes str, not int",
        ),
        (
            lambda: cast("Any", slug)(Wrong.id),
            "wrong.id is bigint, and argument 1 of of functions.slug it(text) text: cast it",
        ),
        (lambda: cast("Any", slug)(text="x"), "of functions.slug it(text) takes its arguments by their places"),
        (
            lambda: compile(select(slug(Page.note))),
            '"of functions"."slug it" in the select list may be NULL, as something it is made of may be',
        ),
    ],
)
def test_wrong_calls(call: Callable[[], object], message: str) -> None:
    with pytest.raises(QueryError, match=f"^{re.escape(message)}"):
        call()
