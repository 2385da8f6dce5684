"""`Hidden` and `Deprecated` columns: what the class has, what rows hold, what is written, what the database is told."""
# Classes that are refused, and columns that are deprecated.
# pyright: reportUnusedClass=false, reportDeprecated=false

from __future__ import annotations

import copy
import pickle
from typing import Any, cast

import msgspec
import pytest

import qb
from qb import (
    Col,
    DefinitionError,
    Deprecated,
    Hidden,
    QueryError,
    Shape,
    Success,
    Table,
    Tx,
    alias,
    column,
    create_all,
    crud,
    cte,
    excluded,
    fn,
    identity,
    index,
    insert,
    insert_from,
    many,
    maybe,
    new,
    patch,
    prepare,
    replace,
    row,
    schema,
    select,
    sql,
    subquery,
    update,
)
from qb.declare.table import describe

hidden_name = 'se"arch %s $1 \\ ü'


class Noted(Table):
    note: Hidden[str | None] = column(default=None)


class Page(Noted, name="marked_pages"):
    id: Col[int] = column(primary_key=True, default=identity())
    title: Col[str] = column()
    body: Hidden[str] = column()
    search: qb.Hidden[str] = column(name=hidden_name, generated=fn.upper(body))
    later: Hidden[Later | None] = column(default=None)
    excerpt: Deprecated[str] = column(default="", deprecated="use title's first words")


class Later(msgspec.Struct, frozen=True):
    """The type of a column that is defined further down."""

    size: int


class Line(Table, name="marked_lines"):
    id: Col[int] = column(primary_key=True)
    page_id: Col[int] = column(references=Page.id)
    text: Hidden[str] = column(default="")


by_search = index("marked_search_idx", Page.search)
NewPage = new(Page)
first = NewPage(title="One", body="a long text", later=Later(3))


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(Page, Line, by_search))).unwrap()
    qb_tx.execute(insert(first, NewPage(title="Two", body="b"))).unwrap()
    qb_tx.execute(insert(new(Line)(id=1, page_id=1, text="x"))).unwrap()
    return qb_tx


def whole(title: str, number: int, excerpt: str = "") -> Page:
    return row(Page, id=number, title=title, excerpt=excerpt)


def test_a_row_does_not_hold_it_and_the_class_does() -> None:
    assert cast("Any", Page).__struct_fields__ == ("id", "title", "excerpt")
    assert [each.attribute for each in describe(Page).columns] == [
        "note", "id", "title", "body", "search", "later", "excerpt",
    ]  # fmt: skip
    assert [each.attribute for each in describe(Page).columns if each.hidden] == ["note", "body", "search", "later"]
    assert (Page.body.label, Page.search.node.name, Page.note.optional) == ("marked_pages.body", hidden_name, True)
    one = whole("One", 1)
    assert msgspec.json.encode(one) == b'{"id":1,"title":"One","excerpt":""}'
    assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == replace(one) == one
    with pytest.raises(AttributeError, match=r"marked_pages do not hold body.*select\(Page, Page.body\) reads it"):
        cast("Any", one).body
    with pytest.raises(AttributeError, match="'Page' object has no attribute 'nothing'"):
        cast("Any", one).nothing
    with pytest.raises(TypeError, match="body is no column of it"):
        row(Page, id=1, title="One", body="x")
    with pytest.raises(TypeError, match="body is no column of it"):
        replace(one, body="x")


def test_new_takes_it_and_a_generated_one_is_not_there() -> None:
    fields = [each.name for each in msgspec.structs.fields(cast("Any", NewPage))]
    assert fields == ["note", "id", "title", "body", "later", "excerpt"]
    with pytest.raises(TypeError, match="Missing required argument 'body'"):
        cast("Any", NewPage)(title="x")
    with pytest.raises(QueryError, match=r"new\(Page\).of: rows do not hold body, which is hidden"):
        NewPage.of(whole("One", 1))
    again = new(Line).of(row(Line, id=2, page_id=1))
    assert repr(again) == "NewLine(id=2, page_id=1, text=UNSET)"
    assert repr(patch(Page)(body="c")) == (
        "PatchPage(note=UNSET, id=UNSET, title=UNSET, body='c', later=UNSET, excerpt=UNSET)"
    )


def test_reads_leave_it_out_unless_it_is_named(tx: Tx) -> None:
    one, two = whole("One", 1), whole("Two", 2)
    assert tx.all(select(Page).order_by(Page.id)) == Success([one, two])
    assert tx.all(select(Page, Page.body, Page.later).order_by(Page.id)) == Success(
        [(one, "a long text", Later(3)), (two, "b", None)]
    )
    assert tx.one(select(Page.search).where(Page.search == "B")) == Success("B")
    other = alias(Page, "other")
    assert tx.all(select(other, other.search).where(other.note.is_null()).order_by(other.id.desc()).limit(1)) == (
        Success([(two, "B")])
    )
    for relation in (cte(select(Page)), subquery(select(Page))):
        assert tx.all(select(relation).order_by(relation.id)) == Success([one, two])
        with pytest.raises(AttributeError, match="has no column 'body'"):
            cast("Any", relation).body
    assert tx.all(sql("SELECT excerpt, id, title FROM marked_pages ORDER BY id").rows(Page)) == Success([one, two])


def test_it_stays_out_of_nested_rows_and_of_joins(tx: Tx) -> None:
    line = row(Line, id=1, page_id=1)
    pages = select(Page, many(Line, on=Line.page_id == Page.id)).order_by(Page.id)
    none: list[Line] = []
    assert tx.all(pages) == Success([(whole("One", 1), [line]), (whole("Two", 2), none)])
    texts = select(Line, Line.text).where(Line.page_id == Page.id)
    assert tx.first(select(Page.title, many(texts)).order_by(Page.id)) == Success(("One", [(line, "x")]))
    absent = select(Page.title, maybe(Line), maybe(Line.text)).left_join(Line, on=Line.page_id == Page.id)
    assert tx.all(absent.order_by(Page.id)) == Success([("One", line, "x"), ("Two", None, None)])


def test_writes_set_it_and_returning_leaves_it_out(tx: Tx) -> None:
    three = insert(NewPage(title="Three", body="c")).returning()
    assert tx.one(three) == Success(whole("Three", 3))
    changed = update(Page).set(Page.body.to("d")).where(Page.id == 3)
    assert tx.one(changed.returning()) == Success(whole("Three", 3))
    assert tx.one(changed.returning(Page, Page.search)) == Success((whole("Three", 3), "D"))
    assert tx.one(update(Page).patch(patch(Page)(body="e")).where(Page.id == 3).returning(Page.body)) == Success("e")
    again = insert(NewPage(id=3, title="x", body="f")).on_conflict(Page.id, update=[Page.body.to(excluded(Page.body))])
    assert tx.one(again.returning(Page.body)) == Success("f")
    copied = insert_from(Page, select(Page.title, Page.body).where(Page.id == 1), Page.title, Page.body)
    assert tx.one(copied.returning(Page.body)) == Success("a long text")
    with pytest.raises(QueryError, match=r"body must be filled"):
        insert_from(Page, select(Page.title), Page.title)


def test_rows_in_bulk_hold_it(tx: Tx) -> None:
    rows = [NewPage(title=str(number), body="x" * number) for number in range(1200)]
    assert tx.insert_many(rows) == Success(1200)
    lengths = select(fn.sum(fn.length(Page.body))).where(Page.id > 2)
    assert tx.one(lengths) == Success(sum(range(1200)))
    returned = tx.insert_many(rows[:3], insert(Page).returning()).unwrap()
    assert [each.title for each in returned] == ["0", "1", "2"]
    each = update(Page).by(Page.id).each(Page.body)
    assert tx.update_many([(1, "new"), (2, "newer")], each) == Success(2)
    assert tx.all(select(Page.body).where(Page.id <= 2).order_by(Page.id)) == Success(["new", "newer"])


def test_prepared_queries_and_crud_agree(tx: Tx) -> None:
    @prepare
    def by_body(body: str) -> Any:
        return select(Page).where(Page.body == body)

    assert tx.one(by_body("b")) == Success(whole("Two", 2))
    pages = crud(Page, Page.id)
    assert tx.one(pages.create(NewPage(title="Three", body="c"))) == Success(whole("Three", 3))
    assert tx.one(pages.by_id(3)) == Success(whole("Three", 3))
    assert tx.one(pages.patch(3, patch(Page)(body="d", title="3"))) == Success(whole("3", 3))
    assert len(tx.all(pages.list()).unwrap()) == 3
    assert tx.one(pages.delete(3)) == Success(whole("3", 3))


def test_a_shape_of_a_table_is_filled_without_it(tx: Tx) -> None:
    named = cast("Any", select(Page.id, Page.title, Page.excerpt).order_by(Page.id)).map(Page)
    assert tx.first(named) == Success(whole("One", 1))
    filled = select(Page.id).into(Page, Page.id.to(Page.id), Page.title.to("x"), Page.excerpt.to(Page.title))
    assert tx.first(filled.order_by(Page.id)) == Success(whole("x", 1, "One"))


def test_what_it_cannot_be_is_refused_with_the_class() -> None:
    with pytest.raises(DefinitionError, match=r"keyed.id: a primary key is part of every row: write Col"):

        class Keyed(Table, name="keyed"):
            id: Hidden[int] = column(primary_key=True)

    with pytest.raises(DefinitionError, match=r"Shown.text is Hidden, and a shape is what a query reads"):

        class Shown(Shape):
            text: Hidden[str]

    with pytest.raises(DefinitionError, match=r"Shown2.note is Hidden"):

        class Shown2(Noted, Shape):
            pass

    with pytest.raises(DefinitionError, match=r"inner.text: Hidden stands around all of an annotation"):

        class Inner(Table, name="inner"):
            text: Hidden[str] | None = column(default=None)  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType, reportArgumentType]

    with pytest.raises(DefinitionError, match=r"inner2.text: Deprecated stands around all of an annotation"):

        class Inner2(Table, name="inner2"):
            text: Col[Deprecated[str]] = column(default="")  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType, reportArgumentType]

    class Other(Table):
        note: Col[str | None] = column(default=None)

    with pytest.raises(DefinitionError, match=r"two.note is declared differently by Noted and by Other"):

        class Two(Noted, Other, name="two"):  # type: ignore[misc]  # pyright: ignore[reportIncompatibleVariableOverride]
            id: Col[int] = column(primary_key=True)

    class Own(Noted, name="own"):
        note: Col[str | None] = column(default=None)  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleVariableOverride]

    assert cast("Any", Own).__struct_fields__ == ("note",)


def test_a_deprecated_column_says_what_to_use(tx: Tx) -> None:
    comment = sql(
        "SELECT col_description('marked_pages'::regclass, attnum) FROM pg_attribute WHERE attname = 'excerpt'"
    )
    assert tx.scalar(comment.rows(str)) == Success("Deprecated: use title's first words")

    class Both(Table, name="both"):
        old: Deprecated[int] = column(comment="How many", deprecated="use new")
        deep: Hidden[int] = column(deprecated="use new")

    assert [each.comment for each in describe(Both).columns] == ["How many. Deprecated: use new", "Deprecated: use new"]
    assert [each.deprecated for each in describe(Both).columns] == ["use new", "use new"]

    for text, message in (("x", "old: Deprecated"), ("", "old: Deprecated")):
        with pytest.raises(DefinitionError, match=message):

            class Unmarked(Table, name="unmarked"):
                old: Col[int] = column(deprecated=text)

    with pytest.raises(DefinitionError, match=r"empty.old: deprecated='': say what to use instead"):

        class Empty(Table, name="empty"):
            old: Deprecated[int] = column(deprecated="")

    with pytest.raises(DefinitionError, match=r'mute.old is Deprecated .* write column\(deprecated="use ..."\)'):

        class Mute(Table, name="mute"):
            old: Deprecated[int]
