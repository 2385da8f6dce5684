"""What stands in a prepared query and is no parameter: it can never be another value, or it is refused."""

import datetime as dt
import functools
import gc
import os
import random
import sys
import time
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from enum import Enum
from logging import getLogger
from pathlib import Path
from typing import Any, NamedTuple, NewType, cast
from uuid import UUID, uuid4

import msgspec
import pytest

import qb
import tests.query.prepared.settings_of_a_program as program
from qb import Database, Expr, QueryError, Select, Success, alias, connect, fixed, fn, prepare, select
from tests.query.model import Ape, Row, fill
from tests.query.prepared.settings_of_a_program import GROWING, PAGE, WORDS, settings

any_prepare: Any = prepare
ApeId = NewType("ApeId", int)
current: ContextVar[int] = ContextVar("current", default=1)
LIVE = Ape.ok == True
FIRST = 1
NAIVE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - what the test is about
CUTOFF = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
ORDERS: dict[str, Any] = {"id": Ape.id, "s": Ape.s}
COLUMNS = (Ape.a, Ape.b)
Other = alias(Ape, "other")
log = getLogger(__name__)
ROWS = [Row(0, 1, 10, "a", True), Row(1, 2, None, "B", False), Row(2, 3, 30, "ab%", None)]


class Level(Enum):
    LOW = 1
    HIGH = 2


class Mixed:
    SIZE = 3
    tenant = 1

    @staticmethod
    def limited(query: Select[int]) -> Select[int]:
        return query.limit(3)

    @classmethod
    def of_tenant(cls) -> Expr[bool]:
        return Ape.a == current.get()


def set_tenant(value: int) -> None:
    Mixed.tenant = value


class Point(NamedTuple):
    x: int = 1


class Growing(type):
    def __getattr__(cls, name: str) -> int:
        return len(name)


class Grown(metaclass=Growing):
    pass


POINT = Point()


class Stamp(msgspec.Struct, frozen=True):
    key: str = msgspec.field(default_factory=lambda: str(uuid4()))


class Range(msgspec.Struct, frozen=True):
    low: int
    high: int = 9

    def condition(self) -> Expr[bool]:
        return Ape.id.between(self.low, self.high)


def ids(db: Database, query: Select[int] | Any) -> list[int]:
    with db.transaction(rollback=True) as tx:
        fill(tx, Ape, ROWS)
        return tx.all(query).unwrap()


# ------------------------------------------------------------------------------------------- what is refused


def of_tenant() -> Expr[bool]:
    return Ape.a == current.get()


def of(value: int) -> Expr[bool]:
    return Ape.a == value


@functools.cache
def kept() -> Expr[bool]:
    return Ape.a == current.get()


def through_a_context() -> Select[int]:
    return select(Ape.id).where(Ape.a == current.get())


def through_today() -> Select[int]:
    return select(Ape.id).where(fn.now() > dt.datetime.now(dt.UTC))


def through_a_date() -> Select[int]:
    year = date.today().year  # noqa: DTZ011 - what the test is about
    return select(Ape.id).limit(year)


def through_the_environment() -> Select[int]:
    return select(Ape.id).where(Ape.s == os.environ["HOME"])


def through_getenv() -> Select[int]:
    return select(Ape.id).where(Ape.s == os.getenv("HOME", ""))


def through_settings() -> Select[int]:
    return select(Ape.id).where(Ape.a == settings.tenant)


def through_settings_of_a_module() -> Select[int]:
    return select(Ape.id).where(Ape.a == program.settings.tenant)


def through_a_global_that_changes() -> Select[int]:
    return select(Ape.id).limit(program.changing)


def through_a_list_that_grows() -> Select[int]:
    return select(Ape.id).where(Ape.s.in_(program.GROWING))


def through_an_imported_list_that_grows() -> Select[int]:
    return select(Ape.id).where(Ape.s.in_(GROWING))


def through_a_helper() -> Select[int]:
    return select(Ape.id).where(of_tenant())


def through_a_helpers_argument() -> Select[int]:
    return select(Ape.id).where(of(current.get()))


def through_a_cached_helper() -> Select[int]:
    return select(Ape.id).where(kept())


def through_a_class_method() -> Select[int]:
    return select(Ape.id).where(Mixed.of_tenant())


def through_a_class_that_changes() -> Select[int]:
    return select(Ape.id).where(Ape.a == Mixed.tenant)


def through_a_default_factory() -> Select[int]:
    return select(Ape.id).where(Ape.s == Stamp().key)


def through_a_decision() -> Select[int]:
    query = select(Ape.id)
    if settings.tenant == 1:
        query = query.limit(1)
    return query


def through_a_lambda() -> Select[int]:
    return select(Ape.id).when(True, lambda query: query.limit(current.get()))


def through_a_comprehension() -> Select[int]:
    return select(Ape.id).where(Ape.a.in_([current.get() + each for each in range(2)]))


def through_a_list_of_conditions() -> Select[int]:
    conditions: list[Expr[bool]] = []
    conditions.append(Ape.a == current.get())
    return select(Ape.id).where(*conditions)


def through_text() -> Select[int]:
    return select(Ape.id).where(Ape.s == f"{uuid4()}")


def through_random() -> Select[int]:
    return select(Ape.id).limit(random.randrange(3))


def through_time() -> Select[int]:
    return select(Ape.id).limit(int(time.time()))


def through_a_module_uuid() -> Select[int]:
    return select(Ape.id).where(Ape.s == str(uuid.uuid4()))


def through_an_import() -> Select[int]:
    import os as system

    return select(Ape.id).where(Ape.s == system.environ["HOME"])


def through_another_import() -> Select[int]:
    from tests.query.prepared.settings_of_a_program import settings as own

    return select(Ape.id).where(Ape.a == own.tenant)


def through_an_import_in_a_lambda() -> Select[int]:
    import os as system

    return select(Ape.id).when(True, lambda query: query.where(Ape.s == system.environ["HOME"]))


def through_another_name_of_a_class() -> Select[int]:
    kind = date
    return select(Ape.id).limit(kind.today().year)


def through_an_attribute_by_name() -> Select[int]:
    return select(Ape.id).where(Ape.a == getattr(settings, "tenant"))  # noqa: B009


def through_the_globals() -> Select[int]:
    return select(Ape.id).limit(globals()["FIRST"])


def beside_a_fixed_value() -> Select[int]:
    return select(Ape.id).where(Ape.a == fixed(current.get()), Ape.b == current.get())


def after_a_fixed_value() -> Select[int]:
    return select(Ape.id).limit(fixed(2) + current.get())


def through_the_zone_of_the_process() -> Select[int]:
    return select(Ape.id).limit(int(NAIVE.timestamp()))


def through_the_zone_of_a_new_time() -> Select[int]:
    return select(Ape.id).limit(int(dt.datetime(2020, 1, 1).timestamp()))  # noqa: DTZ001


def through_a_zone_that_is_not_given() -> Select[int]:
    return select(Ape.id).where(fn.now() > CUTOFF.astimezone())


def through_a_local_time() -> Select[int]:
    return select(Ape.id).where(fn.now() > dt.datetime.fromtimestamp(0))  # noqa: DTZ006


def through_the_decimal_context() -> Select[int]:
    return select(Ape.id).limit(int(Decimal(10) / Decimal(3) * 1000))


def through_a_clock_in_c() -> Select[int]:
    kind: Any = (Level, dt.datetime)[1]
    return select(Ape.id).where(fn.now() > kind.now(dt.UTC))


def through_a_function_of_python() -> Select[int]:
    return select(Ape.id).where(Ape.s == str(Path.cwd()))


CWD: Any = cast("Any", Path.cwd).__func__
OF_PYTHON = "os.getcwd" if sys.version_info < (3, 12) else f"{CWD.__module__}.{CWD.__qualname__}"
REFUSED = {
    through_the_zone_of_the_process: "NAIVE.timestamp",
    through_the_zone_of_a_new_time: "datetime.timestamp",
    through_a_zone_that_is_not_given: "CUTOFF.astimezone",
    through_a_local_time: "dt.datetime.fromtimestamp",
    through_the_decimal_context: "a Decimal",
    through_a_clock_in_c: "datetime.now",
    through_a_function_of_python: OF_PYTHON,
    through_a_context: "current.get",
    through_today: "dt.datetime.now",
    through_a_date: "date.today",
    through_the_environment: "os.environ",
    through_getenv: "os.getenv",
    through_settings: "settings.tenant",
    through_settings_of_a_module: "program.settings.tenant",
    through_a_global_that_changes: "program.changing",
    through_a_list_that_grows: "program.GROWING",
    through_a_helper: "current.get",
    through_a_helpers_argument: "current.get",
    through_a_cached_helper: "current.get",
    through_a_class_method: "current.get",
    through_a_class_that_changes: "Mixed.tenant",
    through_a_default_factory: "uuid4",
    through_a_decision: "settings.tenant",
    through_a_lambda: "current.get",
    through_a_comprehension: "current.get",
    through_a_list_of_conditions: "current.get",
    through_text: "uuid4",
    through_random: "random.randrange",
    through_time: "time.time",
    through_a_module_uuid: "uuid.uuid4",
    through_an_import: "system.environ",
    through_another_import: "tests.query.prepared.settings_of_a_program.settings",
    through_an_import_in_a_lambda: "system" if sys.version_info >= (3, 13) else "system.environ",
    through_another_name_of_a_class: "date",
    through_an_attribute_by_name: "settings",
    through_the_globals: "globals",
    beside_a_fixed_value: "current.get",
    after_a_fixed_value: "current.get",
    through_an_imported_list_that_grows: "GROWING",
}


@pytest.mark.parametrize("function", REFUSED, ids=lambda function: function.__name__)
def test_what_may_change_is_refused_when_it_is_first_built(function: Any) -> None:
    query = any_prepare(function)
    with pytest.raises(QueryError) as caught:
        query()
    said = str(caught.value)
    assert said.startswith(f"{function.__name__}: {REFUSED[function]} (")
    assert ".py, line " in said
    assert "Make it a parameter, or write qb.fixed(...) around it" in said


def test_a_loops_variable_is_refused() -> None:
    made: list[Any] = []
    for least in (1, 2):

        @prepare
        def query() -> Select[int]:
            return select(Ape.id).where(Ape.id >= least)  # noqa: B023

        made.append(query)
    with pytest.raises(QueryError, match=r"query: least \(.* is assigned more than once"):
        made[0]()


def test_a_variable_of_an_enclosing_function_that_is_set_again_is_refused() -> None:
    least = 1

    @prepare
    def query() -> Select[int]:
        return select(Ape.id).where(Ape.id >= least)

    least = 2
    with pytest.raises(QueryError, match=r"query: least \(.* is assigned more than once"):
        query()


def test_without_source_only_a_name_in_capitals_is_a_constant() -> None:
    names: dict[str, Any] = {"select": select, "Ape": Ape, "limit": 3, "LIMIT": 3, "__name__": "nowhere"}
    code = "def {0}(): return select(Ape.id).limit({1})"
    exec(code.format("good", "LIMIT"), names)
    exec(code.format("bad", "limit"), names)
    good = any_prepare(names["good"])
    bad = any_prepare(names["bad"])
    assert qb.compile(good()).sql
    with pytest.raises(QueryError, match=r"bad: limit \(.* may be assigned again, as there is no source to read"):
        bad()


# ------------------------------------------------------------------------------------------- what passes


def with_literals() -> Select[int]:
    return select(Ape.id).where(Ape.s == "a", Ape.id.in_([0, 1])).limit(5)


def with_constants() -> Select[int]:
    return select(Ape.id).where(Ape.a == FIRST).limit(program.LIMIT).offset(FIRST - 1)


def with_lists() -> Select[int]:
    return select(Ape.id).where(Ape.s.in_(WORDS), Ape.s.in_(program.WORDS))


def with_frozen_values() -> Select[int]:
    return select(Ape.id).limit(PAGE.size).offset(program.PAGE.size - Mixed.SIZE + FIRST)


def with_members() -> Select[int]:
    return select(Ape.id).where(Ape.a == Level.LOW.value)


def with_constructors() -> Select[int]:
    then = dt.datetime(2020, 1, 1, tzinfo=dt.UTC) - dt.timedelta(days=30)
    return select(Ape.id).where(
        fn.now() > then, fn.now() > CUTOFF, Ape.id == ApeId(1), Ape.id != int(Decimal(5)), Ape.s != str(UUID(int=1))
    )


def with_instants() -> Select[int]:
    then = dt.datetime.fromtimestamp(0, tz=dt.timezone.utc)  # noqa: UP017 - another name of the same
    zone = dt.timezone.utc  # noqa: UP017
    third = fixed(Decimal(1) / Decimal(3))
    exact = int(Decimal("1.5") * 2 + Decimal(6) / Decimal(3))
    return select(Ape.id).where(
        fn.now() > then,
        fn.now() > CUTOFF.astimezone(zone),
        Ape.id < int(CUTOFF.timestamp()),
        Ape.id != exact,
        Ape.id != int(third),
    )


def with_a_point() -> Select[int]:
    return select(Ape.id).where(Ape.id != POINT.x + Grown.anything)


def with_conditions_from_elsewhere() -> Select[int]:
    return select(Ape.id).where(LIVE, *(column.is_not_null() for column in COLUMNS)).order_by(ORDERS["id"])


def with_helpers() -> Select[int]:
    def inner(query: Select[int]) -> Select[int]:
        return query.order_by(Ape.id)

    return inner(Mixed.limited(select(Ape.id).where(of(FIRST), Range(0).condition())))


def with_logs() -> Select[int]:
    log.debug("built at %s", "a time")
    return select(Ape.id)


def with_python() -> Select[int]:
    words = sorted({word.lower() for word in WORDS})
    either = functools.reduce(lambda a, b: a | b, [Ape.s == word for word in words])
    return select(Ape.id).where(either).limit(max(len(words), 2))


def with_an_alias() -> Select[int]:
    return select(Ape.id).join(Other, on=Other.id == Ape.id).order_by(Other.id)


def with_rows_made_by_a_function() -> Select[int]:
    return select(Ape.id).map(lambda ident: ident + current.get())


def with_an_import() -> Select[int]:
    from tests.query.prepared.settings_of_a_program import LIMIT

    return select(Ape.id).limit(LIMIT)


def with_a_fixed_value() -> Select[int]:
    return select(Ape.id).where(Ape.a == fixed(current.get()), Ape.id >= qb.fixed(settings.tenant - 1))


PASSING = [
    with_literals,
    with_constants,
    with_lists,
    with_frozen_values,
    with_members,
    with_constructors,
    with_instants,
    with_a_point,
    with_conditions_from_elsewhere,
    with_helpers,
    with_logs,
    with_python,
    with_an_alias,
    with_rows_made_by_a_function,
    with_an_import,
    with_a_fixed_value,
]


@pytest.mark.parametrize("function", PASSING, ids=lambda function: function.__name__)
def test_what_stays_as_it_is_passes(function: Any, apes: Database) -> None:
    ids(apes, any_prepare(function)())


def test_what_an_enclosing_function_binds_once_is_a_constant() -> None:
    def made(least: int) -> Any:
        @prepare
        def query() -> Select[int]:
            return select(Ape.id).where(Ape.id >= least)

        return query

    assert qb.compile(made(1)()).sql


def test_a_tenants_rows_stay_its_own(apes: Database) -> None:
    """The way it is written: the value is a parameter, and a function takes it from where it is."""

    @prepare
    def of_one(tenant: int) -> Select[int]:
        return select(Ape.id).where(Ape.a == tenant)

    found: list[list[int]] = []
    for tenant in (1, 2):
        token = current.set(tenant)
        found.append(ids(apes, of_one(current.get())))
        current.reset(token)
    assert found == [[0], [1]]


def test_what_is_bound_anew_is_found_at_the_next_call(monkeypatch: pytest.MonkeyPatch) -> None:
    @prepare
    def query() -> Select[int]:
        return select(Ape.id).limit(program.LIMIT)

    before = query()
    monkeypatch.setattr(program, "LIMIT", 3)
    with pytest.raises(
        QueryError,
        match=r"query: program\.LIMIT \(.*test_fixed\.py, line \d+\) is not what it was when the query was built, .*"
        r"Make it a parameter, or write qb\.fixed\(\.\.\.\) around it",
    ):
        query()
    monkeypatch.undo()
    assert query() == before


def test_what_is_gone_is_found_at_the_next_call(monkeypatch: pytest.MonkeyPatch) -> None:
    query = any_prepare(with_constants)
    query()
    monkeypatch.delattr(program, "LIMIT")
    with pytest.raises(QueryError, match=r"with_constants: program\.LIMIT .* is not what it was"):
        query()


def test_a_profiler_goes_on_after_the_building() -> None:
    seen: list[str] = []

    def profiler(frame: Any, event: str, argument: object) -> None:
        seen.append(event)

    query = any_prepare(with_constants)
    before = sys.getprofile()
    sys.setprofile(profiler)
    try:
        query()
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(before)
    assert seen


# ------------------------------------------------------------------------------------------- under test


def test_under_test_a_query_that_is_built_otherwise_the_next_time_raises(qb_url: str) -> None:
    @prepare
    def frozen() -> Select[int]:
        return select(fn.count() + fixed(current.get())).from_(Ape)

    @prepare
    def branched() -> Select[int]:
        return select(fn.count()).from_(Ape).when(fixed(current.get()) == 2, lambda query: query.limit(1))

    with connect(qb_url, rebuild=True) as db:
        for query in (frozen, branched):
            assert db.all(query()) == db.all(query())
            token = current.set(2)
            with pytest.raises(QueryError, match="built once more, the query is another one: something in it that is"):
                db.all(query())
            current.reset(token)
            assert isinstance(db.all(query()), Success)


def test_the_fixtures_build_every_call_again(qb_db: Database) -> None:
    built: list[int] = []

    @prepare
    def counted(a: int) -> Select[int]:
        built.append(1)
        return select(Ape.id).where(Ape.a == a).map(lambda ident: ident)

    for a in range(3):
        qb_db.all(counted(a))
    assert len(built) == 4


def test_what_the_garbage_collector_calls_is_none_of_the_body() -> None:
    """It may begin at any place, also in the midst of a building."""
    seen: list[float] = []

    def measured(phase: str, info: dict[str, int]) -> None:
        seen.append(time.perf_counter())

    def in_order() -> Select[int]:
        return select(Ape.id).where(Ape.a == 1, Ape.b == 2).order_by(Ape.id)

    gc.callbacks.append(measured)
    try:
        with collecting_after(1):
            assert qb.compile(prepare(in_order)()).sql.startswith(b"SELECT")
    finally:
        gc.callbacks.remove(measured)
    assert seen


@contextmanager
def collecting_after(allocations: int) -> Generator[None]:
    before = gc.get_threshold()
    gc.collect(0)  # they are counted from here
    gc.set_threshold(allocations)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@pytest.mark.slow
def test_what_the_garbage_collector_closes_is_none_of_the_body() -> None:
    """A generator that is part of a circle goes on when the circle is found, wherever that is."""
    seen: list[tuple[float, object]] = []

    def told() -> None:
        seen.append((time.perf_counter(), sys.getprofile()))

    def waits() -> Generator[None]:
        try:
            yield
        finally:
            told()

    def leave_a_circle() -> None:
        waiting = waits()
        next(waiting)
        circle: list[object] = [waiting]
        circle.append(circle)

    def in_order() -> Select[int]:
        return select(Ape.id).where(*(Ape.a == number for number in range(40))).order_by(Ape.id)

    for allocations in range(1, 300):
        query = prepare(in_order)
        with collecting_after(allocations):
            leave_a_circle()
            assert qb.compile(query()).sql.startswith(b"SELECT")
    assert any(hook is not None for _, hook in seen), "none of them was found while a query was built"
