"""Functions with a body: created, called as expressions and as relations, read back, replaced and dropped."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, NewType

import pytest

from qb import (
    Arg,
    CheckViolation,
    Col,
    DefinitionError,
    DoubtfulSchema,
    Expr,
    InsufficientPrivilege,
    Select,
    Shape,
    Success,
    Table,
    Target,
    Tx,
    check,
    column,
    compile,
    create_all,
    drop_all,
    exists,
    fn,
    function,
    grant,
    index,
    insert,
    new,
    pg,
    policy,
    prepare,
    role,
    schema,
    select,
    sql,
    trigger_function,
    trusted,
    value,
    view,
)
from qb.ddl.operation import Alter, Create, Drop
from qb.model.object import Identity
from qb.render.ddl.script import planned
from qb.typing import Query, RawRows, Sql

HOSTILE = "a\"b'c\\d;e\nf\tg$$h$qb$i%j%%sé😀--/*"
PartId = NewType("PartId", int)


class Size(Enum):
    SMALL = "small"
    LARGE = "it's large"


size = pg.enum("size of functions", Size)


@function(volatility="immutable", strict=True, parallel="safe", cost=2, set={"search_path": ["pg_catalog", "pg_temp"]})
def slugify(title: Arg[str], separator: Arg[str] = "-") -> Expr[str]:
    return sql("replace(lower({t}), ' ', {s})", t=title, s=separator).as_(str, not_null=True)


class Part(Table, name="parts of functions"):
    id: Col[PartId] = column(primary_key=True)
    title: Col[str] = column(check=lambda title: slugify(title) != "x")
    slug: Col[str] = column(generated=slugify(title))
    price: Col[Decimal] = column(pg.numeric(8, 2), default=Decimal(0))
    size: Col[Size] = column(size, default=Size.SMALL)
    day: Col[dt.date | None] = column(default=None)


class Sum(Shape):
    size: Col[Size] = column(size)
    parts: Col[int]


@function(volatility="stable")
def of_size(wanted: Annotated[Arg[Size], size] = Size.LARGE) -> Query[Part]:
    return select(Part).where(Part.size == wanted)


@function(volatility="stable", name=f"f{HOSTILE}", schema=f"s{HOSTILE}", result_rows=2)
def sums(least: Arg[PartId], title: Arg[str | None] = HOSTILE) -> Query[Sum]:
    rows = select(Part.size, fn.count()).where(Part.id >= value(least), Part.title.is_distinct_from(title))
    return rows.group_by(Part.size).having(fn.count() > 0).map(Sum)


@function(returns=Decimal | None, type=pg.numeric, security="definer", set={"search_path": None}, leakproof=True)
def dearest(*ids: Arg[int]) -> Sql:
    return sql(
        "DECLARE\n  found numeric;\nBEGIN\n  SELECT max(price) INTO found FROM {t} WHERE id = ANY ({ids});\n"
        "  RETURN found; -- $qb$ {p}\nEND",
        t=Part,
        ids=ids[0],
        p="'$qb$",
    )


@function(rows=Part, language="sql", volatility="stable")
def all_parts() -> Sql:
    return sql("SELECT * FROM {t}", t=Part)


@function(returns=str, name="slugify", volatility="immutable")
def slug_of_number(number: Arg[int]) -> Sql:
    return sql("BEGIN RETURN 'number ' || {n}; END", n=number)


BUILT = (Part, slugify, of_size, sums, dearest, all_parts, slug_of_number)
built = schema(*BUILT)
CATALOG = sql(
    "SELECT proname::text, pg_get_function_identity_arguments(oid), pg_get_function_result(oid), "
    "concat_ws(' ', provolatile, proisstrict, proparallel, prosecdef, proleakproof, procost, prorows, proconfig) "
    "FROM pg_proc WHERE oid > 16383 AND prolang <> 13 ORDER BY 1, 2"
).rows(tuple[str, str, str, str])


def filled(tx: Tx) -> None:
    tx.run(create_all(built)).unwrap()
    rows = [
        new(Part)(id=PartId(1), title="A Part", price=Decimal("1.50")),
        new(Part)(id=PartId(2), title="Another", size=Size.LARGE, price=Decimal(3)),
        new(Part)(id=PartId(3), title=HOSTILE, size=Size.LARGE),
    ]
    tx.execute(insert(*rows)).unwrap()


def test_the_catalog_has_what_was_declared(qb_tx: Tx) -> None:
    before = qb_tx.all(CATALOG).unwrap()
    qb_tx.run(create_all(built)).unwrap()
    added = [each for each in qb_tx.all(CATALOG).unwrap() if each not in before]
    row = 'TABLE(id bigint, title text, slug text, price numeric, size "size of functions", day date)'
    assert added == [
        ("all_parts", "", 'SETOF "parts of functions"', "s f u f f 100 1000"),
        ("dearest", "VARIADIC ids bigint[]", "numeric", "v f u t t 100 0"),
        (
            f"f{HOSTILE}",
            '"least" bigint, title text',
            'TABLE(size "size of functions", parts bigint)',
            "s f u f f 100 2",
        ),
        ("of_size", 'wanted "size of functions"', row, "s f u f f 100 1000"),
        ("slugify", "number bigint", "text", "i f u f f 100 0"),
        (
            "slugify",
            "title text, separator text",
            "text",
            'i t s f f 2 0 {"search_path=pg_catalog, pg_temp"}',
        ),
    ]
    qb_tx.run(drop_all(built)).unwrap()
    assert qb_tx.all(CATALOG).unwrap() == before


def test_they_are_called_in_queries_by_place_and_by_name(qb_tx: Tx) -> None:
    filled(qb_tx)
    assert qb_tx.all(select(Part.slug).order_by(Part.id).limit(2)) == Success(["a-part", "another"])
    found = select(slugify(Part.title), slugify(Part.title, "_"), slugify(separator="+", title="B C"))
    assert qb_tx.one(found.where(Part.id == PartId(1))) == Success(("a-part", "a_part", "b+c"))
    assert qb_tx.one(select(slug_of_number(5))) == Success("number 5")
    assert qb_tx.one(select(dearest(1, 2), dearest(Part.id), dearest()).where(Part.id == PartId(1))) == Success(
        (Decimal("3.00"), Decimal("1.50"), None)
    )
    assert isinstance(qb_tx.execute(insert(new(Part)(id=PartId(9), title="X"))).failure(), CheckViolation)


def test_those_with_rows_are_relations(qb_tx: Tx) -> None:
    filled(qb_tx)
    large, every = of_size(), all_parts()
    assert [each.id for each in qb_tx.all(select(large).order_by(large.id)).unwrap()] == [2, 3]
    assert isinstance(qb_tx.all(select(every)).unwrap()[0], Part)
    joined = select(Part.title, large.price).join(large, on=large.id == Part.id).where(large.price > 1)
    assert qb_tx.all(joined) == Success([("Another", Decimal("3.00"))])
    small = of_size(Size.SMALL)
    assert qb_tx.all(select(small.size)) == Success([Size.SMALL])
    found = sums(PartId(1))
    assert qb_tx.all(select(found).order_by(found.size)) == Success(
        [Sum(size=Size.SMALL, parts=1), Sum(size=Size.LARGE, parts=1)]
    )
    every_title = sums(PartId(1), None)
    assert qb_tx.all(select(every_title.parts).order_by(every_title.size)) == Success([1, 2])
    assert large is not of_size()

    @prepare
    def called(wanted: Size) -> Select[PartId]:
        those = of_size(wanted)
        return select(those.id).order_by(those.id)

    assert qb_tx.all(called(Size.SMALL)) == Success([1])
    assert qb_tx.all(called(Size.LARGE)) == Success([2, 3])


def test_what_stands_behind_one_that_was_left_out_is_called_by_its_name(qb_tx: Tx) -> None:
    @function(volatility="immutable")
    def three(a: Arg[int], b: Arg[int] = 10, c: Arg[int] = 100) -> Expr[int]:
        return value(a) + b + c

    qb_tx.run(create_all(schema(three))).unwrap()
    assert str(compile(select(three(1, c=3)))) == 'SELECT "three"($1::bigint, "c" => CAST($2::bigint AS bigint))'
    assert qb_tx.one(select(three(1), three(1, c=3), three(b=2, a=1))) == Success((111, 14, 103))


def test_the_order_follows_from_what_needs_what(qb_tx: Tx) -> None:
    kinds = [str(each.identity) for each in create_all(built).operations if isinstance(each, Create)]
    at = {each: place for place, each in enumerate(kinds)}
    assert at["function slugify(text, text)"] < at["table parts of functions"] < at["function all_parts()"]
    assert built == schema(*reversed(BUILT))
    assert not any(each.unchecked for each in create_all(built).operations if isinstance(each, Create))


class Room(Table, name="rooms of functions", rls=True):
    id: Col[int] = column(primary_key=True)
    full: Col[bool] = column(default=False)


@function(
    language="sql", returns=bool, volatility="stable", security="definer", set={"search_path": ["public", "pg_temp"]}
)
def is_full(room: Arg[int]) -> Sql:
    return sql("SELECT coalesce((SELECT {c} FROM {t} WHERE {t}.id = {room}), false)", c=Room.full, t=Room, room=room)


not_full = check("rooms_check", ~is_full(Room.id))
guest = role("qb_function_guest")
seen = policy(Room, for_="select", to=guest, using=is_full(Room.id) | exists(select(Part)))


def test_a_circle_is_broken_at_the_body(qb_tx: Tx) -> None:
    """The check of a table calls a function that reads the table: it is created unlooked at."""
    circle = schema(Room, is_full, not_full)
    script = create_all(circle)
    first, second, *_ = (each for each in script.operations if isinstance(each, Create))
    assert (first, first.unchecked, first.needs) == (Create(is_full, unchecked=True), True, ())
    assert second.identity == Identity("table", "", "", "rooms of functions")
    settings = sql("SELECT current_setting('check_function_bodies')").rows(str)
    qb_tx.run(script).unwrap()
    assert qb_tx.one(settings) == Success("on")
    qb_tx.execute(insert(new(Room)(id=1))).unwrap()
    assert qb_tx.one(select(is_full(1))) == Success(False)
    qb_tx.run(create_all(circle, if_not_exists=True)).unwrap()
    qb_tx.run(drop_all(circle)).unwrap()


def test_a_caller_does_not_say_what_a_definer_reads(qb_tx: Tx) -> None:
    """A temporary table comes before all others, unless the path says pg_temp, and last."""
    may = (grant("select", on=Room, to=guest), policy(Room, for_="select", to=guest, using=is_full(Room.id)))
    qb_tx.run(create_all(schema(Room, is_full, guest, *may))).unwrap()
    qb_tx.execute(insert(new(Room)(id=1))).unwrap()
    for statement in (
        "SET LOCAL ROLE qb_function_guest",
        'CREATE TEMPORARY TABLE "rooms of functions" AS SELECT 1::bigint AS id, true AS "full"',
    ):
        qb_tx.execute(sql(trusted(statement)).command()).unwrap()
    assert qb_tx.one(select(is_full(1))) == Success(False)
    assert qb_tx.all(sql('SELECT id FROM public."rooms of functions"').rows(int)) == Success([])


def test_a_path_of_a_definer_that_may_be_evaded_is_told() -> None:
    paths: list[Any] = ["public", ["public"], ["pg_temp", "public"]]
    for path in paths:
        with pytest.warns(DoubtfulSchema, match="the trigger function 'f' has .* that does not end with pg_temp"):
            trigger_function("f", sql("BEGIN END"), security="definer", set={"SEARCH_path": path})
    for path in ("", [], ["pg_temp"], None):
        trigger_function("f", sql("BEGIN END"), security="definer", set={"search_path": path})


def test_grants_are_on_a_signature(qb_tx: Tx) -> None:
    may = grant("execute", on=slugify, to=guest)
    granted = schema(guest, slugify, slug_of_number, may)
    qb_tx.run(create_all(granted)).unwrap()
    qb_tx.execute(sql("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM public").command()).unwrap()
    qb_tx.execute(sql("SET LOCAL ROLE qb_function_guest").command()).unwrap()
    assert qb_tx.one(select(slugify("A B"))) == Success("a-b")
    assert isinstance(qb_tx.one(select(slug_of_number(1))).failure(), InsufficientPrivilege)


def test_a_body_is_replaced_and_nothing_else(qb_tx: Tx) -> None:
    @function(volatility="stable", strict=True, name="slugify")
    def other(title: Arg[str], separator: Arg[str] = "+") -> Expr[str]:
        return fn.upper(title) + separator

    only = schema(slugify)
    qb_tx.run(create_all(only)).unwrap()
    change = Alter(slugify, other)
    assert change.inverse == Alter(other, slugify)
    qb_tx.run(planned([change], Target())).unwrap()
    assert qb_tx.one(select(slugify("a"))) == Success("A+")
    qb_tx.run(planned([Alter(other, slugify)], Target())).unwrap()
    assert qb_tx.one(select(slugify("A"))) == Success("a")
    assert Drop(slugify).inverse == Create(slugify)

    @function(name="slugify")
    def renamed(heading: Arg[str], separator: Arg[str] = "+") -> Expr[str]:
        return fn.upper(heading) + separator

    @function(name="slugify")
    def without(title: Arg[str], separator: Arg[str]) -> Expr[str]:
        return fn.upper(title) + separator

    @function(name="slugify", returns=int)
    def number(title: Arg[str], separator: Arg[str] = "") -> Sql:
        return sql("BEGIN RETURN 1; END")

    for after, message in (
        (renamed, "the function slugify(text, text) cannot call its argument title otherwise (heading): drop it and"),
        (without, "the function slugify(text, text) cannot lose the default of separator: drop it and create it anew"),
        (number, "function slugify(text, text) cannot be altered in its returns and python: drop it and create it"),
        (function("slugify", pg.text, pg.text, returns=str), "the function slugify(text, text) is somebody else's"),
    ):
        with pytest.raises(DefinitionError) as caught:
            Alter(slugify, after)
        assert str(caught.value).startswith(message.replace(" and python", ""))


def test_what_a_view_a_policy_and_an_index_call(qb_tx: Tx) -> None:
    by_slug = index("parts_slugify_idx", slugify(Part.title))
    shown = view("shown parts", select(of_size()))
    whole = schema(Part, slugify, of_size, by_slug, shown, Room, is_full, guest, seen)
    qb_tx.run(create_all(whole)).unwrap()
    assert qb_tx.all(select(shown)) == Success([])
    qb_tx.run(drop_all(whole, roles=[guest])).unwrap()
    with pytest.raises(DefinitionError, match=r"^the view shown parts needs the function of_size\(.*\), which is not"):
        schema(Part, shown)


def test_functions_of_other_languages_know_their_arguments_by_name() -> None:
    @function(returns=int, language="plv8")
    def doubled(number: Arg[int]) -> Sql:
        return sql("return {number} * 2;", number=number)

    assert create_all(schema(doubled)).statements == (
        (
            'CREATE FUNCTION "doubled"("number" bigint) RETURNS bigint LANGUAGE "plv8" VOLATILE\n'
            "AS $qb$return (number) * 2;$qb$"
        ),
    )


def test_one_that_returns_nothing(qb_tx: Tx) -> None:
    @function(returns=None)
    def clear(at_least: Arg[int] = 0) -> Sql:
        return sql("BEGIN DELETE FROM {t} WHERE id >= {n}; END", t=Part, n=at_least)

    @function(returns=None, language="sql", strict=True)
    def nothing(of: Arg[int | None]) -> Sql:
        return sql("DELETE FROM {t}", t=Part)

    qb_tx.run(create_all(schema(*BUILT, clear, nothing))).unwrap()
    qb_tx.execute(insert(new(Part)(id=PartId(1), title="A"), new(Part)(id=PartId(2), title="B"))).unwrap()
    assert qb_tx.all(select(clear(2), clear(), 1 + value(1))) == Success([(None, None, 2)])
    assert qb_tx.one(select(nothing(None))) == Success(None)
    assert qb_tx.scalar(select(clear())) == Success(None)
    assert qb_tx.all(select(Part)) == Success([])


def test_somebody_elses_are_called_by_name_and_as_relations(qb_tx: Tx) -> None:
    @function(returns=str, external=True, schema="theirs", volatility="immutable")
    def shout(text: Arg[str], mark: Arg[str] = "!") -> None: ...

    @function(rows=Sum, external=True, schema="theirs")
    def theirs(least: Arg[int], *more: Arg[int]) -> None: ...

    @function(rows=Part, external=True, schema="theirs")
    def their_parts() -> None: ...

    class Told(Table, name="told of functions"):
        id: Col[int] = column(primary_key=True)
        text: Col[str] = column(generated=shout("x", mark="?"))

    assert [str(each.identity) for each in create_all(schema(Told, shout)).operations] == ["table told of functions"]
    whole = schema(Told, shout, theirs, their_parts, Part, slugify)
    qb_tx.run(create_all(whole, stand_ins=True)).unwrap()
    rows, parts = theirs(1, 2), their_parts()
    assert qb_tx.all(select(rows)) == Success([])
    assert qb_tx.all(select(parts)) == Success([])
    assert str(compile(select(shout(mark="?", text="x")))) == 'SELECT "theirs"."shout"($1::text, $2::text)'
    qb_tx.run(drop_all(whole, stand_ins=True)).unwrap()
    with pytest.raises(
        DefinitionError, match=r"^the function theirs.shout\(text, text\) is somebody else's, and has no"
    ):
        Alter(shout, shout)


def test_raw_rows_are_a_body_of_sql(qb_tx: Tx) -> None:
    @function(volatility="stable")
    def raw(least: Arg[int]) -> RawRows[Sum]:
        return sql("SELECT size, count(*) AS parts FROM {t} WHERE id >= {n} GROUP BY 1", t=Part, n=least).rows(Sum)

    qb_tx.run(create_all(schema(Part, slugify, raw))).unwrap()
    assert qb_tx.all(select(raw(0))) == Success([])
