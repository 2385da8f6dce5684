"""The typing suite on a server: whether what the checkers infer is true, and what they accept runs."""
# A claim can be about anything.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Callable, Coroutine, Iterator
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any, NamedTuple, cast, get_args, get_origin

import msgspec
import pytest

from qb import (
    AsyncDb,
    Command,
    Database,
    DbError,
    Expr,
    Failure,
    Multirange,
    Range,
    Rows,
    Result,
    Success,
    Tx,
    create_all,
    drop_all,
    maybe,
    new,
    schema,
    select,
)
from qb.query.by_key import Keyed
from qb.typing import InsertInto, InsertIntoReturning, Ordering, Pending
from qb.types.annotation import split_optional
from qb.tree.expressions import Call
from qb.tree.relations import ExcludedSource
from qb.tree.visit import relations
from tests.typing import common
from tests.typing.checkers import HERE, INFERRED, PROGRAMS
from tests.typing.conforms import conforms
from datetime import UTC


@pytest.fixture(scope="module")
def database(qb_db: Database) -> Iterator[Database]:
    """The suite's tables, some rows in each."""
    described = schema(common)
    qb_db.run(create_all(described)).unwrap()
    try:
        for rows in seeds():
            qb_db.insert_many(rows).unwrap()
        yield qb_db
    finally:
        qb_db.run(drop_all(described)).unwrap()


def seeds() -> Iterator[list[Any]]:
    from datetime import date, datetime, time, timedelta
    from decimal import Decimal
    from uuid import UUID

    users = [common.UserId(UUID(int=number)) for number in (1, 2)]
    tasks = [common.TaskId(UUID(int=number)) for number in (2, 3)]
    when = datetime(2024, 5, 17, 8, 30, 1, 250_000, tzinfo=UTC)
    meta = common.Meta("web", 0.5, ["a", "b"], {"a": 1})
    yield [
        new(common.User)(id=users[0], text="t", display_name="Ada", meta=meta, embedding=[1.0, 2.0, 3.0], tags=["x"]),
        new(common.User)(
            id=users[1],
            text="u",
            display_name="Bob",
            nickname="b",
            manager_id=users[0],
            active=None,
            meta=meta,
            draft=meta,
            embedding=[0.0, 0.0, 0.5],
        ),
    ]
    yield [
        new(common.Task)(id=tasks[0], user_id=users[0], reviewer_id=users[1], quantity=3, price=Decimal("9.50")),
        new(common.Task)(id=tasks[1], user_id=users[0], quantity=1, due=date(2024, 6, 1), status=common.Status.DONE),
    ]
    yield [new(common.Log)(note=note) for note in ("n", "x", "Ada")]
    yield [new(common.Member)(user_id=users[0], task_id=tasks[0], class_="c")]
    plain: dict[str, Any] = {"title": "t", "day": date(2024, 5, 17), "took": timedelta(hours=3)}
    yield [
        new(common.Issue)(id=common.IssueId(1), email=common.Email("a@b.c"), **plain),
        new(common.Issue)(
            id=common.IssueId(2),
            email=common.Email("Z@b.c"),
            **plain,
            nick="n",
            alias="l",
            reply_to=common.Email("x@y.z"),
            kind="idea",
            was="bug",
            severity=common.Severity.HIGH,
            feared=common.Severity.HIGH,
            effort=common.Effort.LARGE,
            team=common.Team.WEB,
            helped_by=common.Team.CORE,
            state=common.Status.DONE,
            parent_id=common.IssueId(1),
            hours=3,
            spent=2,
            rate=Decimal("12.5"),
            discount=Decimal("0.5"),
            guess=1.5,
            closed_at=when,
            due=date(2024, 6, 1),
            starts=time(9),
            pause=timedelta(minutes=5),
            urgent=True,
            seen=True,
            tags=["a"],
        ),
    ]
    everything: dict[str, Any] = {
        "big": common.LogId(2**40),
        "exact": Decimal("1.2300"),
        "count": 10**19,
        "single": 1.5,
        "yes": True,
        "words": "w",
        "fixed": "abc",
        "raw": b"\0\xff",
        "key": UUID(int=5),
        "day": date(2024, 2, 29),
        "clock": time(23, 59, 59, 999_999),
        "local": datetime(2024, 1, 1, 1, 1, 1, 1),  # noqa: DTZ001 - a timestamp of no zone
        "local0": datetime(2024, 1, 1),  # noqa: DTZ001
        "moment": when,
        "span": timedelta(days=1, microseconds=1),
        "document": {"a": 1},
        "numbers": [1, 2],
        "grid": [[1, None], [2, 3]],
        "ids": users,
        "mood": common.Mood.GOOD,
        "role": "a",
        "only": "a",
        "vector": [0.5, 1.0],
    }
    yield [
        new(common.Everything)(
            **everything, small=1, whole=None, money=None, double=None, code=None, moment3=None, binary=None, place=None
        ),
        new(common.Everything)(
            **everything,
            small=2,
            whole=2,
            money=Decimal("1.20"),
            double=0.1,
            code="c",
            moment3=when,
            binary=meta,
            place=common.Point(1.0, 2.5),
        ),
    ]
    account: dict[str, Any] = {"paid": common.Cents(250), "price": common.Euro(Decimal("2.50")), "code": 10_000}
    account |= {"day": date(2024, 5, 17), "opens": time(9), "span": timedelta(hours=3), "kind": "a"}
    account |= {"local": datetime(2024, 5, 17, 8)}  # noqa: DTZ001
    nothing: dict[str, Any] = dict.fromkeys(("owed", "refund", "old_code", "days", "ends", "closes", "other_kind"))
    there: dict[str, Any] = {
        "owed": common.Cents(5),
        "refund": common.Euro(Decimal(1)),
        "old_code": 25_000,
        "days": 3,
        "ends": date(2024, 6, 1),
        "closes": time(17),
        "other_kind": "b",
    }
    yield [new(common.Account)(id=1, **account, **nothing), new(common.Account)(id=2, **account, **there)]
    yield stays()
    yield [new(common.Rating)(id=1, stars=2), new(common.Rating)(id=2, stars=3, before=1)]
    yield [
        new(common.Bare)(
            number=1,
            ratio=0.5,
            exact=Decimal(1),
            yes=False,
            words="",
            raw=b"",
            key=users[0],
            day=date(1, 1, 1),
            clock=time(),
            moment=when,
            span=timedelta(0),
            mood=common.Mood.BAD,
            kind="x",
            names=["a"],
            document=meta,
            either="s",
        )
    ]


def stays() -> list[Any]:
    from datetime import date
    from ipaddress import ip_interface, ip_network

    from qb.types.geometric import Box, Circle, Point
    from qb.typing import RegConfig, TsQuery, TsVector

    days = Range(date(2024, 5, 1), date(2024, 5, 9))
    some: dict[str, Any] = {
        "days": days,
        "rooms": Range(1, 9),
        "free": Multirange((days,)),
        "host": ip_interface("10.0.0.1/8"),
        "at": Point(1, 2),
        "plot": Box(Point(0, 0), Point(3, 3)),
        "bits": "0101",
        "search": TsVector("'cat':1"),
        "language": RegConfig("english"),
    }
    nothing: dict[str, Any] = dict.fromkeys(("spare", "net", "maybe_at", "zone", "wanted"))
    there: dict[str, Any] = {
        "spare": days,
        "net": ip_network("10.0.0.0/8"),
        "maybe_at": Point(1, 2),
        "zone": Circle(Point(0, 0), 1),
        "wanted": TsQuery("'cat'"),
    }
    return [new(common.Stay)(id=1, **some, **nothing), new(common.Stay)(id=2, **some, **there)]


class Claims:
    """`assert_type` as it runs: notes what is claimed, and of what is there already whether it is so."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.made: list[tuple[int, Any, Any]] = []
        self.unlike: list[str] = []

    def __call__(self, value: Any, claimed: Any) -> Any:
        line = sys._getframe(1).f_lineno  # pyright: ignore[reportPrivateUsage] - where the claim stands
        origin = get_origin(claimed) or claimed
        if isinstance(value, Success | Failure):
            outcome(value, claimed, f"line {line}")
        elif isinstance(
            value, InsertInto | InsertIntoReturning | Keyed | Pending
        ):  # nothing runs yet: its rows are still to come
            assert isinstance(value, origin), f"line {line}: a {type(value).__name__} is no {claimed}"
        elif isinstance(value, Rows | Command | Expr):
            self.made.append((line, value, claimed))
            assert isinstance(value, origin), f"line {line}: a {type(value).__name__} is no {claimed}"
            if isinstance(value, Expr) and value.optional is not split_optional(get_args(claimed)[0])[1]:
                self.unlike.append(f"{self.name}:{line}: {claimed} and optional={value.optional}")
        elif origin is not type and not isinstance(value, msgspec.Struct | Ordering):
            conforms(value, claimed, f"line {line}")
        return value


def outcome(value: Any, claimed: Any, path: str) -> None:
    """Whether a Success or a Failure is what is claimed of it: of Outcome[int], Success[int], Result[int, DbError]."""
    if get_origin(claimed) is Result:
        good, bad = get_args(claimed)
    else:
        kinds = {
            get_origin(each): get_args(each)[0] for each in (get_args(claimed) if is_union(claimed) else [claimed])
        }
        good, bad = kinds.get(Success), kinds.get(Failure)
    if isinstance(value, Success):
        conforms(value.unwrap(), good, path)
    elif isinstance(bad, type) and issubclass(bad, DbError):
        assert isinstance(value.failure(), bad), f"{path}: {value!r} is no {claimed}"
    else:
        conforms(value.failure(), bad, path)


def is_union(claimed: Any) -> bool:
    return get_origin(claimed) in (typing.Union, types.UnionType)


class Inferred(NamedTuple):
    """A module inferred*.py, run with `claims` as its `assert_type`."""

    module: types.ModuleType
    claims: Claims


@pytest.fixture(scope="module", params=INFERRED)
def inferred(request: pytest.FixtureRequest) -> Inferred:
    name, claims = request.param, Claims(request.param)
    spec = spec_from_file_location(f"tests.typing.{name.removesuffix('.py')}_at_run_time", HERE / name)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(typing, "assert_type", claims)
        spec.loader.exec_module(module)
    return Inferred(module, claims)


def test_what_is_inferred_is_true(inferred: Inferred, database: Database) -> None:
    """Every claim about a query, an expression or a command: it runs, and what comes back is of the type claimed."""
    claims = inferred.claims
    assert claims.unlike == []  # what runs knows of None what is promised
    wrong: list[str] = []
    empty: list[int] = []
    for line, value, claimed in claims.made:
        with database.transaction(rollback=True) as tx:
            try:
                if isinstance(value, Command):
                    assert tx.execute(value).unwrap() >= 0
                    continue
                rows = rows_of(value)
                if rows is None:
                    continue
                found = tx.all(rows).unwrap()
                for row in found:
                    conforms(row, get_args(claimed)[0] if not isinstance(value, Expr) else claimed_of(value, claimed))
                if not found:
                    empty.append(line)
            except Exception as error:
                wrong.append(f"{claims.name}:{line}: {type(error).__name__}: {error}")
    assert wrong == []
    assert len(empty) <= len(claims.made) / 10, empty  # else little was looked at


TABLES = (
    common.User,
    common.Task,
    common.Log,
    common.Member,
    common.Everything,
    common.Bare,
    common.Issue,
    common.Account,
    common.Stay,
)


def rows_of(value: Any) -> Rows[Any] | None:
    """What asks the server for a value: a query itself, an expression in a query of its own."""
    if isinstance(value, Rows):
        return value
    expression: Expr[Any] = value
    if isinstance(expression.node, Call) and expression.node.function.window:
        return None  # row_number() before its over(...)
    used = set(relations(expression.node))
    if any(isinstance(each, ExcludedSource) for each in used):
        return None
    tables = [table for table in TABLES if cast("Any", table).__entity__.relation in used]
    if len(tables) < len(used):
        return None  # a column of an alias or a CTE: its query is a claim of its own
    # A comparison of what may be NULL may be NULL, too: that is claimed of conditions, where NULL is as good as false.
    asked = select(maybe(expression) if expression.python is bool else expression)
    return asked.from_(*(tables or [common.User]))  # a subquery of it may ask for the columns of a row around it


def claimed_of(value: Expr[Any], claimed: Any) -> Any:
    inner = get_args(claimed)[0]
    return inner | None if value.python is bool else inner


def functions(module: types.ModuleType, *parameters: str) -> list[Callable[..., Any]]:
    """The functions of a module that take just these, each by the name of its type, and return nothing."""
    return [
        made
        for made in vars(module).values()
        if isinstance(made, types.FunctionType)
        and made.__module__ == module.__name__
        and list(made.__annotations__.values()) == [*parameters, "None"]
    ]


def test_functions_of_the_inferred_suite_run(inferred: Inferred, database: Database) -> None:
    with database.transaction(rollback=True) as tx:
        user = tx.first(select(common.User).limit(1)).unwrap()
        for function in functions(inferred.module, "User"):
            function(user)
    for function in functions(inferred.module, "Db"):
        with database.transaction(rollback=True) as tx:
            function(tx)
    for function in functions(inferred.module, "Db", "Tx"):
        with database.transaction(rollback=True) as tx:
            function(tx, tx)


@pytest.mark.anyio
async def test_coroutines_of_the_inferred_suite_run(
    inferred: Inferred, database: Database, qb_async_tx: AsyncDb
) -> None:
    for function in functions(inferred.module, "AsyncDb"):
        await function(qb_async_tx)


EVERY = [import_module(f"tests.typing.{name.removesuffix('.py')}") for name in PROGRAMS]
MODULES = [module for module in EVERY if "run elsewhere" not in str(module.__doc__)]
SYNC = [program for module in MODULES for program in functions(module, "Db")]
ALONE = [program for module in MODULES for program in functions(module)]
ASYNC = [program for module in MODULES for program in functions(module, "AsyncDb")]


@pytest.mark.parametrize("program", SYNC, ids=lambda program: program.__name__)
def test_accepted_programs_run(program: Callable[[Tx], None], database: Database) -> None:
    with database.transaction(rollback=True) as tx:
        program(tx)


@pytest.mark.parametrize("program", ALONE, ids=lambda program: program.__name__)
def test_accepted_programs_without_a_database_run(program: Callable[[], None]) -> None:
    program()


def test_no_accepted_program_is_left_out() -> None:
    """What gives nothing back is a program, and each is run by one of the tests here."""
    every = {
        made.__qualname__
        for module in MODULES
        for made in vars(module).values()
        if isinstance(made, types.FunctionType)
        and made.__module__ == module.__name__
        and made.__annotations__["return"] == "None"
    }
    assert every == {program.__qualname__ for program in (*SYNC, *ALONE, *ASYNC)}


@pytest.mark.anyio
@pytest.mark.parametrize("program", ASYNC, ids=lambda program: program.__name__)
async def test_accepted_coroutines_run(
    program: Callable[[AsyncDb], Coroutine[Any, Any, None]], database: Database, qb_async_tx: AsyncDb
) -> None:
    await program(qb_async_tx)
