"""Parameters that choose between variants: Literals, and the fields of a Struct."""

import datetime as dt
from typing import Any, Literal, cast

import msgspec
import pytest

import qb
from qb import Database, Failure, QueryError, Select, Success, compile, insert, new, prepare, select, update
from qb.query.prepared.prepare import VARIANTS
from qb.typing import Update
from tests.query.model import Ape, Row, fill

any_prepare: Any = prepare
ROWS = [Row(0, 1, 10, "a", True), Row(1, 2, None, "B", False), Row(2, 3, 30, "ab%", None)]
Sort = Literal["old", "new"]
ORDERS = {"old": Ape.id.asc(), "new": Ape.id.desc()}


class Span(msgspec.Struct, frozen=True):
    low: int | None = None
    high: int | None = None


class Filter(msgspec.Struct, frozen=True):
    name: str | None = None
    type: bool | None = None
    among: list[int] | None = None
    span: Span | None = None
    sort: Sort = "old"


def ids(db: Database, *queries: Any) -> list[list[int]]:
    with db.transaction(rollback=True) as tx:
        fill(tx, Ape, ROWS)
        return [tx.all(query).unwrap() for query in queries]


def variants(query: Any) -> int:
    return len(query._plan.variants)


def sql_of(query: Any) -> str:
    return compile(query).sql.decode()


# ------------------------------------------------------------------------------------------- Literals


@prepare
def ordered(sort: Sort = "old", least: int | None = None) -> Select[int]:
    query = select(Ape.id)
    if sort == "new":
        query = query.order_by(Ape.id.desc())
    else:
        query = query.order_by(Ape.id)
    return query if least is None else query.where(Ape.id >= least)


@prepare
def by_table(sort: Sort) -> Select[int]:
    return select(Ape.id).order_by(ORDERS[sort])


@prepare
def by_match(sort: Sort | None) -> Select[int]:
    match sort:
        case "old":
            return select(Ape.id).order_by(Ape.id)
        case "new":
            return select(Ape.id).order_by(Ape.id.desc())
        case None:
            return select(Ape.id).where(Ape.id == 1)


def in_order(query: Select[int], sort: Sort) -> Select[int]:
    return query.order_by(ORDERS[sort])


@prepare
def by_helper(sort: Sort) -> Select[int]:
    return in_order(select(Ape.id), sort)


def test_a_literal_chooses_a_variant(apes: Database) -> None:
    up, down = [0, 1, 2], [2, 1, 0]
    queries = [ordered(), ordered("new"), ordered("new", 1), ordered(sort="old", least=2)]
    assert ids(apes, *queries) == [up, down, [2, 1], [2]]
    assert ids(apes, by_table("old"), by_table("new")) == [up, down]
    assert ids(apes, by_match("old"), by_match("new"), by_match(None)) == [up, down, [1]]
    assert ids(apes, by_helper("old"), by_helper("new")) == [up, down]
    assert [variants(each) for each in (ordered, by_table, by_match, by_helper)] == [4, 2, 3, 2]


def test_a_literal_that_is_only_sent_is_a_value_like_any_other(apes: Database) -> None:
    @prepare
    def written(word: Literal["a", "B"], other: Literal["a", "B"] | None = None) -> Select[int]:
        query = select(Ape.id).where(Ape.s == word)
        return query if other is None else query.where(Ape.s.is_distinct_from(other))

    @prepare
    def saved(ident: int, word: Literal["a", "B"]) -> Update[Ape]:
        return update(Ape).set(Ape.s.to(word)).where(Ape.id == ident)

    @prepare
    def added(word: Literal["a", "B"]) -> Any:
        return insert(new(Ape)(id=7, a=None, b=None, s=word, ok=None)).returning(Ape.s)

    assert ids(apes, written("a"), written("B"), written("B", "a")) == [[0], [1], [1]]
    assert variants(written) == 2
    assert sql_of(saved(1, "a")) == sql_of(saved(2, "B"))
    assert variants(saved) == 1
    assert sql_of(added("a")) == sql_of(added("B"))
    assert variants(added) == 1


def test_a_literal_that_chooses_is_a_value_too(apes: Database) -> None:
    @prepare
    def found(word: Literal["a", "B"]) -> Select[int]:
        query = select(Ape.id).where(Ape.s == word)
        return query.limit(1) if word == "a" else query

    assert ids(apes, found("a"), found("B")) == [[0], [1]]
    assert "LIMIT" in sql_of(found("a"))
    assert "LIMIT" not in sql_of(found("B"))


def test_a_flag_is_a_literal() -> None:
    @prepare
    def flagged(few: Literal[True, False]) -> Select[int]:
        return select(Ape.id).limit(1) if few else select(Ape.id)

    @prepare
    def mixed(choice: Literal[1, True, 0]) -> Select[int]:
        return select(Ape.id).limit(1) if choice is True else select(Ape.id)

    assert ["LIMIT" in sql_of(flagged(few)) for few in (True, False)] == [True, False]
    assert ["LIMIT" in sql_of(mixed(each)) for each in (1, True, 0)] == [False, True, False]


@pytest.mark.parametrize("wrong", ["newest", 1, [1]], ids=str)
def test_what_no_literal_names_is_refused(wrong: Any) -> None:
    with pytest.raises(QueryError, match="something else"):
        by_table(wrong)
    assert "newest" not in repr(by_table)


def test_the_number_of_variants_is_bounded() -> None:
    numbers = tuple(range(VARIANTS + 10))

    def many(choice: Any) -> Select[int]:
        return select(Ape.id).limit(max(1, choice))

    many.__annotations__["choice"] = Literal[numbers]
    query = any_prepare(many)
    for number in numbers:
        query(number)
    assert variants(query) == VARIANTS
    assert sql_of(query(0)) == sql_of(query(0))


# ------------------------------------------------------------------------------------------- Structs


@prepare
def listed(filter: Filter, limit: int = 10) -> Select[int]:
    query = select(Ape.id).limit(limit)
    if filter.name is not None:
        query = query.where(Ape.s == filter.name)
    if filter.type is not None:
        query = query.where(Ape.ok == filter.type)
    if filter.among is not None:
        query = query.where(Ape.id.in_(filter.among))
    if (span := filter.span) is not None:
        if span.low is not None:
            query = query.where(Ape.id >= span.low)
        if span.high is not None:
            query = query.where(Ape.id <= span.high)
    return query.order_by(Ape.id.desc() if filter.sort == "new" else Ape.id.asc())


CALLS: dict[str, tuple[Filter, list[int]]] = {
    "nothing": (Filter(), [0, 1, 2]),
    "the other way": (Filter(sort="new"), [2, 1, 0]),
    "a name": (Filter("B"), [1]),
    "a flag": (Filter(type=False), [1]),
    "a list": (Filter(among=[2, 0], sort="new"), [2, 0]),
    "an empty list": (Filter(among=[]), []),
    "an empty span": (Filter(span=Span()), [0, 1, 2]),
    "half a span": (Filter(span=Span(low=1)), [1, 2]),
    "the other half": (Filter(span=Span(high=1)), [0, 1]),
    "a span": (Filter(span=Span(1, 1)), [1]),
    "everything": (Filter("B", False, [1], Span(0, 2), "new"), [1]),
}


def test_the_fields_of_a_struct_are_parameters(apes: Database) -> None:
    for _ in range(3):
        for given, expected in CALLS.values():
            assert ids(apes, listed(given)) == [expected]
    assert ids(apes, listed(Filter(), 1), listed(Filter(sort="new"), limit=2)) == [[0], [2, 1]]
    assert variants(listed) == len(CALLS)


def test_values_of_fields_never_choose(apes: Database) -> None:
    before = variants(listed)
    assert ids(apes, *(listed(Filter(name)) for name in ("a", "B", "zz"))) == [[0], [1], []]
    assert variants(listed) <= before + 1


def filtered(query: Select[int], filter: Filter) -> Select[int]:
    return query if filter.name is None else query.where(Ape.s == filter.name)


@prepare
def through_a_helper(filter: Filter) -> Select[int]:
    return filtered(select(Ape.id), filter).order_by(Ape.id)


@prepare
def perhaps(filter: Filter | None = None) -> Select[int]:
    query = select(Ape.id).order_by(Ape.id)
    return query if filter is None or filter.name is None else query.where(Ape.s == filter.name)


def test_a_struct_may_be_none_or_go_to_a_helper(apes: Database) -> None:
    assert ids(apes, through_a_helper(Filter("a")), through_a_helper(Filter())) == [[0], [0, 1, 2]]
    assert ids(apes, perhaps(), perhaps(Filter()), perhaps(Filter("a")), perhaps(None)) == [
        [0, 1, 2],
        [0, 1, 2],
        [0],
        [0, 1, 2],
    ]


def test_only_fields_that_are_read_choose() -> None:
    assert sql_of(through_a_helper(Filter("a", sort="new"))) == sql_of(through_a_helper(Filter("a", True)))
    assert variants(through_a_helper) <= 2


def test_a_struct_that_is_sent_whole_is_a_document(qb_db: Database) -> None:
    class Document(qb.Table, name="choices_documents"):
        id: qb.Col[int] = qb.column(primary_key=True)
        body: qb.Col[Filter] = qb.column()

    @prepare
    def save(ident: int, body: Filter) -> qb.Command:
        return insert(new(Document)(id=ident, body=body))

    @prepare
    def equal(body: Filter) -> Select[int]:
        return select(Document.id).where(Document.body == body)

    with qb_db.transaction(rollback=True) as tx:
        tx.run(qb.create_all(qb.schema(Document))).unwrap()
        assert tx.execute(save(1, Filter("a"))) == Success(1)
        assert tx.execute(save(2, Filter("b", sort="new"))) == Success(1)
        assert tx.all(equal(Filter("b", sort="new"))) == Success([2])
    assert variants(save) == variants(equal) == 1


def test_both_at_once_is_refused() -> None:
    @prepare
    def both(filter: Filter) -> Select[int]:
        whole: Any = filter
        return select(Ape.id).where(Ape.s == cast("str", filter.name), Ape.s == whole)

    with pytest.raises(QueryError, match="pass the document as a parameter of its own"):
        both(Filter("x"))


def test_what_is_no_field_is_refused() -> None:
    def unknown(filter: Any) -> Select[int]:
        return select(Ape.id).where(Ape.s == filter.name, Ape.a == filter.nothing)

    unknown.__annotations__["filter"] = Filter
    with pytest.raises(
        QueryError, match=r"parameter 'filter' .* \.nothing .* only its fields can be used \(name, type"
    ):
        any_prepare(unknown)(Filter("x"))


def test_values_in_errors_are_not_shown(apes: Database) -> None:
    wrong: Any = "secret"
    match apes.all(listed(Filter(among=wrong))):
        case Failure(error):
            assert "secret" not in str(error)
        case other:
            pytest.fail(repr(other))


# ------------------------------------------------------------------------------------------- at decoration


def with_or(name: str | None = None) -> Select[int]:
    return select(Ape.id).where(Ape.s == (name or "a"))


def with_and(name: str | None = None) -> Select[int]:
    return select(Ape.id).where(Ape.s == "a") if name is not None and name else select(Ape.id)


def with_if(flag: bool = False) -> Select[int]:
    return select(Ape.id).limit(1) if flag else select(Ape.id)


def with_not(*, flag: bool = False) -> Select[int]:
    query = select(Ape.id)
    if not flag:
        query = query.limit(1)
    return query


def with_bool(flag: bool = False) -> Select[int]:
    return select(Ape.id).when(bool(flag), lambda query: query.limit(1))


def with_text(name: str | None = None) -> Select[int]:
    return select(Ape.id) if name is None else select(Ape.id).where(Ape.s == f"%{name}%")


def with_method(name: str | None = None) -> Select[int]:
    return select(Ape.id) if name is None else select(Ape.id).where(Ape.s == name.upper())


def with_part(day: dt.date | None = None) -> Select[int]:
    return select(Ape.id) if day is None else select(Ape.id).limit(day.year)


def with_length(some: list[int]) -> Select[int]:
    return select(Ape.id).limit(len(some))


def with_items(some: list[int]) -> Select[int]:
    return select(Ape.id).where(*(Ape.id != each for each in some))


def with_first(some: list[int]) -> Select[int]:
    return select(Ape.id).where(Ape.id == some[0])


def with_membership(some: list[int]) -> Select[int]:
    return select(Ape.id).limit(1 if 1 in some else 2)


def with_field(filter: Filter) -> Select[int]:
    return select(Ape.id).where(Ape.s == (filter.name or "a"))


def with_fields_method(filter: Filter) -> Select[int]:
    return select(Ape.id) if filter.name is None else select(Ape.id).where(Ape.s == filter.name.upper())


REFUSED: dict[Any, str] = {
    with_or: "'name' .* a truth test",
    with_and: "'name' .* a truth test",
    with_if: r"'flag' .* a truth test .* Literal\[True, False\]",
    with_not: "'flag' .* a truth test",
    with_bool: "'flag' .* a truth test",
    with_text: "'name' .* an f-string",
    with_method: r"'name' .* \.upper",
    with_part: r"'day' .* \.year",
    with_length: r"'some' .* len\(\)",
    with_items: "'some' .* iteration",
    with_first: "'some' .* indexing",
    with_membership: "'some' .* `in`",
    with_field: r"'filter\.name' .* a truth test",
    with_fields_method: r"'filter\.name' .* \.upper",
}


@pytest.mark.parametrize("function", REFUSED, ids=lambda function: function.__name__)
def test_what_cannot_be_asked_of_a_parameter_is_said_at_the_definition(function: Any) -> None:
    with pytest.raises(QueryError, match=rf"{function.__name__}, line \d+ of its source: .*{REFUSED[function]}"):
        prepare(function)


def test_an_inner_name_is_not_the_parameter(apes: Database) -> None:
    @prepare
    def inner(name: str, flag: bool | None = None) -> Select[str]:
        words = [name for name in ("a", "b") if name.upper()]
        query = select(Ape.s).where(Ape.s.in_(words), Ape.s == name).map(lambda name: (name or "").upper())
        return query if flag is None else query.where(Ape.ok == flag)

    with apes.transaction(rollback=True) as tx:
        fill(tx, Ape, ROWS)
        assert tx.all(inner("a", True)) == Success(["A"])


def test_a_literal_that_is_only_sent_is_one_of_its_values(qb_db: Database) -> None:
    @prepare
    def named(name: Literal["a", "b"] | None, age: Literal[1, 2] = 1) -> Select[int]:
        found = select(Ape.id).where(Ape.a >= age)
        return found if name is None else found.where(Ape.s == name)

    anyhow: Any = named
    assert ids(qb_db, named("a"), named(None, 2), named("b")) == [[0], [1, 2], []]
    wrong: list[tuple[Any, ...]] = [("c",), ("a", 3), ([],)]
    for arguments in wrong:
        with pytest.raises(QueryError, match=r"(name|age) is one of .*, and it was given something else"):
            anyhow(*arguments)
