"""A query is a function: what its parameters may be, and what they must not be asked."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest

from qb import (
    Command,
    Database,
    EncodeError,
    Expr,
    Failure,
    QueryError,
    Rows,
    Select,
    Success,
    case,
    compile,
    connect,
    fn,
    insert,
    maybe,
    new,
    pg,
    prepare,
    select,
    update,
    value,
)
from qb.run.session.executable import Executables
from qb.typing import Update
from tests.query.model import Ape, Row, fill

any_prepare: Any = prepare
ROWS = [Row(0, 1, 10, "a", True), Row(1, 2, None, "B", False), Row(2, 3, 30, "ab%", None)]


def ids(db: Database, query: Rows[int]) -> list[int]:
    with db.transaction(rollback=True) as tx:
        fill(tx, Ape, ROWS)
        return tx.all(query).unwrap()


@prepare
def found(
    among: list[int], text: str | None = None, least: int | None = None, *, limit: int = 10, skip: int = 0
) -> Select[int]:
    """Ids, by several things."""
    query = select(Ape.id).where(Ape.id.in_(among)).order_by(Ape.id).limit(limit).offset(skip)
    if text is not None:
        query = query.where(Ape.s.ilike("%" + text + "%"))
    if least is not None:
        query = query.where(Ape.a >= least)
    return query


def test_defaults_keywords_and_lists(apes: Database) -> None:
    assert ids(apes, found([0, 1, 2])) == [0, 1, 2]
    assert ids(apes, found([2, 0, 7], limit=1)) == [0]
    assert ids(apes, found(among=[0, 1, 2], skip=1, limit=5)) == [1, 2]
    assert ids(apes, found([])) == []
    assert ids(apes, found([0, 1, 2], "A")) == [0, 2]
    assert ids(apes, found([0, 1, 2], least=2)) == [1, 2]
    assert ids(apes, found([0, 1, 2], "A", 2)) == [2]
    assert getattr(found, "__name__") == "found"  # noqa: B009
    assert found.__doc__ == "Ids, by several things."


def test_there_is_one_variant_for_each_set_of_none() -> None:
    built: list[tuple[bool, bool]] = []

    @prepare
    def query(a: int | None, b: int | None) -> Select[int]:
        built.append((a is None, b is None))
        return select(Ape.id)

    for _ in range(3):
        for a in (None, 1):
            for b in (None, 2):
                query(a, b)
    assert sorted(built) == [(False, False), (False, True), (True, False), (True, True)]


def test_the_body_runs_once_and_the_sql_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from qb.run.session import executable as module

    compiled: list[object] = []
    original: Any = getattr(module, "compile_node")  # noqa: B009

    def counted(node: object) -> Any:
        compiled.append(node)
        return original(node)

    monkeypatch.setattr(module, "compile_node", counted)
    built: list[int] = []

    @prepare
    def query(a: int) -> Select[int]:
        built.append(1)
        return select(Ape.id).where(Ape.a == a)

    statements = Executables()
    for a in range(5):
        statement, values = statements.resolve(query(a))
        assert list(values) == [a]
        assert statement.returns_rows
    assert len(built) == len(compiled) == 1
    assert len(statements) == 0  # a prepared query keeps its own


def test_wrong_arguments_are_pythons_own_errors() -> None:
    call: Any = found
    with pytest.raises(TypeError, match=r"found\(\) missing 1 required positional argument: 'among'"):
        call()
    with pytest.raises(TypeError, match="unexpected keyword argument 'limits'"):
        call([1], limits=3)


def test_parameters_stand_everywhere(apes: Database) -> None:
    @prepare
    def everywhere(
        low: int, high: int, text: str, flag: bool, span: dt.timedelta, when: dt.datetime, some: list[str], unit: str
    ) -> Select[tuple[Any, ...]]:
        word: Any = text  # a type checker takes a parameter for what it stands for
        yes: Any = flag
        any_unit: Any = unit
        items: list[Any] = [
            Ape.id,
            maybe(Ape.a.between(low, high)),
            case((Ape.id == low, word), else_=fn.upper(word)),
            fn.coalesce(Ape.s, text),
            fn.concat(text, "-", Ape.s),
            fn.replace(fn.coalesce(Ape.s, "?"), text, "*"),
            low + Ape.id - high,
            -(Ape.id + low),
            maybe(fn.greatest(Ape.a, high)),
            fn.now() + span > when,
            maybe(Ape.s.in_(some)),
            value(1) == low,
            low == Ape.id,
            fn.date_trunc(any_unit, fn.now()) <= fn.now(),
        ]
        many_items: Any = select
        query: Select[tuple[Any, ...]] = many_items(*items).where(yes | (Ape.id == low)).order_by(Ape.id)
        return query

    call = everywhere(1, 2, "b", False, dt.timedelta(days=1), dt.datetime(2000, 1, 1, tzinfo=dt.UTC), ["B"], "day")
    with apes.transaction(rollback=True) as tx:
        fill(tx, Ape, ROWS)
        (row,) = tx.all(call).unwrap()
    assert row == (1, True, "b", "B", "b-B", "B", 0, -2, 2, True, True, True, True, True)


def test_writes_are_prepared_too(apes: Database) -> None:
    @prepare
    def change(ident: int, a: int | None, s: str) -> Update[Ape]:
        return update(Ape).set(Ape.a.to(a), Ape.s.to(s + "!")).where(Ape.id == ident)

    @prepare
    def add(ident: int, s: str | None = None) -> Command:
        return insert(new(Ape)(id=ident, a=ident, b=None, s=s, ok=True))

    @prepare
    def add_one(ident: int, s: str | None = None) -> Rows[Ape]:
        return insert(new(Ape)(id=ident, a=ident, b=None, s=s, ok=True)).returning()

    with apes.transaction(rollback=True) as tx:
        fill(tx, Ape, ROWS)
        assert tx.execute(change(0, None, "x")) == Success(1)
        assert tx.one(select(Ape.a, Ape.s).where(Ape.id == 0)).unwrap() == (None, "x!")
        assert tx.execute(change(0, 5, "y")) == Success(1)
        assert tx.one(select(Ape.a, Ape.s).where(Ape.id == 0)).unwrap() == (5, "y!")
        assert tx.execute(add(7)) == Success(1)
        assert tx.execute(add(8, "s")) == Success(1)
        assert tx.one(add_one(9, "t")).unwrap() == Ape(id=9, a=9, b=None, s="t", ok=True)


def test_a_list_that_holds_none_is_refused(apes: Database) -> None:
    call: Any = found
    match apes.all(call([1, None])):
        case Failure(EncodeError(reason=reason)):
            assert "leave it out and add | x.is_null()" in reason
        case other:
            pytest.fail(repr(other))


# ------------------------------------------------------------------------------------- what a parameter is not


AS_VALUE: dict[str, tuple[Callable[[Any], Any], str]] = {
    "if": (lambda p: 1 if p else 2, "a truth test (if, and, or, not)"),
    "and": (lambda p: p and 1, "a truth test (if, and, or, not)"),
    "or": (lambda p: p or 1, "a truth test (if, and, or, not)"),
    "not": (lambda p: not p, "a truth test (if, and, or, not)"),
    "bool": (bool, "a truth test (if, and, or, not)"),
    "f-string": (lambda p: f"%{p}%", "an f-string or format()"),
    "format": (lambda p: "{:>3}".format(p), "an f-string or format()"),  # noqa: UP032
    "str": (str, "str()"),
    "percent": (lambda p: "%s" % p, "str()"),  # noqa: UP031
    "len": (len, "len()"),
    "iteration": (list, "iteration"),
    "unpacking": (lambda p: [*p], "iteration"),
    "for": (lambda p: [x for x in p], "iteration"),  # noqa: C416
    "in": (lambda p: 1 in p, "`in`"),
    "index": (lambda p: p[0], "indexing"),
    "slice": (lambda p: p[1:], "indexing"),
    "int": (int, "int()"),
    "float": (float, "float()"),
    "range": (range, "a Python index or range"),
    "list index": (lambda p: "ab"[p], "a Python index or range"),
    "upper": (lambda p: p.upper(), ".upper"),
    "split": (lambda p: p.split(","), ".split"),
    "attribute": (lambda p: p.year, ".year"),
    "hash": (hash, "a dict, a set or hash()"),
    "dict key": (lambda p: {1: 2}.get(p), "a dict, a set or hash()"),
    "set": (lambda p: {p}, "a dict, a set or hash()"),
    "max": (lambda p: max(p, 1), "truth value"),
    "chained": (lambda p: bool(1 < p < 3), "truth value"),
    "in a list": (lambda p: bool(p in [1, 2]), "truth value"),
    "join": (lambda p: ",".join(p), "iteration"),
    "sum": (sum, "iteration"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", AS_VALUE)
def test_a_parameter_used_as_a_value_is_explained(name: str) -> None:
    use, sentence = AS_VALUE[name]

    @prepare
    def query(mine: Any) -> Select[int]:
        use(mine)
        return select(Ape.id)

    with pytest.raises(QueryError) as caught:
        query(1)
    assert sentence in str(caught.value)
    if "truth value" not in sentence:
        assert "the parameter 'mine' of a prepared query has no value while the query is built" in str(caught.value)


def test_a_parameters_own_text_is_for_people() -> None:
    seen: list[str] = []

    @prepare
    def query(mine: int) -> Select[int]:
        seen.append(repr(mine))
        return select(Ape.id).where(Ape.id == mine)

    query(1)
    assert seen == ["<parameter mine>"]
    assert repr(query) == "<prepared query test_a_parameters_own_text_is_for_people.<locals>.query>"
    assert repr(query(1)) == "<call of a prepared query with 1 arguments>"
    assert str(compile(query(1))) == 'SELECT "apes"."id"\nFROM "model"."apes"\nWHERE "apes"."id" = $1::bigint'


def with_isinstance(a: int | str) -> Select[int]:
    return select(Ape.id) if isinstance(a, int) else select(Ape.id).limit(1)


def with_type(a: int | str) -> Select[int]:
    return select(Ape.id) if type(a) is int else select(Ape.id).limit(1)


def with_match(a: int) -> Select[int]:
    match a:
        case 1:
            return select(Ape.id)
        case _:
            return select(Ape.id).limit(1)


def with_match_of_two(a: int, b: int) -> Select[int]:
    match (a, b):
        case (1, 2):
            return select(Ape.id)
        case _:
            return select(Ape.id).limit(1)


def with_is(a: bool) -> Select[int]:
    return select(Ape.id) if a is True else select(Ape.id).limit(1)


def with_is_not(*, a: bool) -> Select[int]:
    return select(Ape.id) if a is not False else select(Ape.id).limit(1)


SILENT = [with_isinstance, with_type, with_match, with_match_of_two, with_is, with_is_not]


@pytest.mark.parametrize("function", SILENT, ids=lambda function: function.__name__)
def test_what_would_be_silently_false_is_found_at_the_definition(function: Any) -> None:
    with pytest.raises(QueryError, match=r"line \d+ of its source: .* on the parameter 'a' would always be false"):
        prepare(function)


def test_is_none_is_what_may_be_asked() -> None:
    @prepare
    def query(a: int | None = None, b: int | None = None) -> Select[int]:
        if a is None and b is not None:
            return select(Ape.id).where(Ape.id == b)
        return select(Ape.id)

    assert b"WHERE" in compile(query(b=1)).sql
    assert b"WHERE" not in compile(query(1, 2)).sql


# ------------------------------------------------------------------------------------- functions of every kind


def around(text: Any) -> Any:
    """A helper of a helper, which knows nothing of preparing."""
    return "%" + text + "%"


def any_of(columns: list[Expr[Any]], text: Any) -> Any:
    first, *rest = columns
    here = first.ilike(around(text))
    return here | any_of(rest, text) if rest else here


@prepare
def searched(text: str) -> Select[int]:
    return select(Ape.id).where(any_of([Ape.s, Ape.s, fn.upper(Ape.s)], text)).order_by(Ape.id)


class Holder:
    @staticmethod
    @prepare
    def by_id(ident: int) -> Select[int]:
        return select(Ape.id).where(Ape.id == ident)


def test_helpers_may_call_themselves(apes: Database) -> None:
    assert ids(apes, searched("A")) == [0, 2]


def test_static_methods_closures_lambdas_and_functions_without_source(apes: Database) -> None:
    assert ids(apes, Holder.by_id(1)) == [1]
    assert ids(apes, Holder().by_id(2)) == [2]

    def made(least: int) -> Any:
        @prepare
        def query(a: int) -> Select[int]:
            return select(Ape.id).where(Ape.a >= least, Ape.id < a).order_by(Ape.id)

        return query

    assert ids(apes, made(2)(9)) == [1, 2]
    assert ids(apes, made(3)(9)) == [2]
    short = any_prepare(lambda ident: select(Ape.id).where(Ape.id == ident))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    assert ids(apes, short(1)) == [1]
    namespace: dict[str, Any] = {"select": select, "Ape": Ape}
    exec("def nowhere(ident: int = 2): return select(Ape.id).where(Ape.id == ident)", namespace)
    without_source: Any = namespace["nowhere"]
    nowhere = any_prepare(without_source)
    assert ids(apes, nowhere()) == [2]


def test_a_parameter_that_is_not_used_is_no_parameter_of_the_sql() -> None:
    @prepare
    def query(a: int, b: int, c: int) -> Select[int]:
        return select(Ape.id).where(Ape.a == c, Ape.b == a, Ape.id == c)

    statement, values = Executables().resolve(query(1, 2, 3))
    # c is compared with two columns, which both stand in errors, so it is sent for each of them
    assert [parameter.name for parameter in statement.parameters] == ["apes.a", "apes.b", "apes.id"]
    assert list(values) == [3, 1, 3]


def test_the_type_of_a_parameter_is_that_of_its_neighbour_or_of_its_annotation() -> None:
    @prepare
    def query(b: Any, c: Any) -> Any:
        return select(maybe(b.cast(pg.text)), maybe(c.cast(pg.smallint))).where(Ape.id == c).from_(Ape)

    sql = compile(query("x", 1)).sql.decode()
    assert "CAST($1::jsonb AS text), CAST($2::jsonb AS smallint)" in sql


def test_calls_are_compared_with_their_arguments() -> None:
    assert Holder.by_id(1) == Holder.by_id(1)
    assert Holder.by_id(1) != Holder.by_id(2)
    assert hash(Holder.by_id(1)) == hash(Holder.by_id(1))
    assert found([1]) == found([1])


def test_many_threads_build_one_variant(apes: Database, qb_url: str) -> None:
    built: list[int] = []

    @prepare
    def query(a: int, b: int | None = None) -> Select[int]:
        built.append(1)
        start = select(Ape.id).where(Ape.a == a)
        return start if b is None else start.where(Ape.b == b)

    barrier = threading.Barrier(8)
    results: list[Any] = []

    def run(number: int) -> None:
        barrier.wait()
        for turn in range(50):
            rows = db.all(query(number, None if turn % 2 else turn)).unwrap()
            results.append(rows)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    with connect(qb_url) as db:  # the fixture's database builds every call again
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [[]] * 400
    first, second = query(1), query(1, 2)
    assert getattr(first, "variant") is getattr(query(2), "variant")  # noqa: B009
    assert getattr(second, "variant") is not getattr(first, "variant")  # noqa: B009
    assert len(built) <= 16
