"""The typing suite: what the checkers say of the claims in this folder, and whether they are true on a server."""
# A claim can be about anything.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import types
import typing
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, cast, get_args, get_origin

import msgspec
import pytest

from qb import (
    AsyncDb,
    Command,
    Database,
    Expr,
    Failure,
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
from qb.typing import InsertInto, InsertIntoReturning, Ordering
from qb.types.annotation import split_optional
from qb.tree.expressions import Call
from qb.tree.relations import ExcludedSource
from qb.tree.visit import relations
from tests.typing import accepted, accepted_statements, accepted_text, common
from tests.typing.conforms import conforms
from datetime import UTC

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BIN = Path(sys.executable).parent
ACCEPTED = ("common.py", "inferred.py", "accepted.py", "accepted_statements.py", "accepted_text.py")
REFUSED = {"refused.py": 150, "refused_statements.py": 50, "refused_text.py": 5}  # and how many lines at least
FILES = (*ACCEPTED, *REFUSED)

# ---------------------------------------------------------------- what the checkers say

Found = dict[str, dict[int, str]]
"""What a checker refuses: by file and line, its first message."""


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env=os.environ | environment, check=False, timeout=300
    )
    return (done.stdout or done.stderr).strip()


@pytest.fixture(scope="session")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> Found:
    said = run(sys.executable, "-m", "mypy", "--no-error-summary", *(str(HERE / name) for name in FILES))
    found: Found = {name: {} for name in FILES}
    for line in said.splitlines():
        if (error := re.match(r".*?(\w+\.py):(\d+):\d+: error: (.*)", line)) is None:
            assert ": note:" in line, said
        else:
            found.setdefault(error[1], {}).setdefault(int(error[2]), error[3])
    return found


def pyright_says(program: str, folder: Path) -> Found:
    if not (BIN / program).exists():
        pytest.skip(f"{program} is not installed")
    # What is refused is left out of the project's own checks by its name, so copies are looked at.
    copies = {name.replace("refused", "claims"): name for name in REFUSED}
    for claims, name in copies.items():
        shutil.copy(HERE / name, folder / claims)
    files = [str(HERE / name) for name in ACCEPTED]
    said = run(str(BIN / program), "--outputjson", *files, *(str(folder / claims) for claims in copies))
    if not said.startswith("{"):
        pytest.skip(f"{program} does not run here: {said[:200]}")  # its first run downloads it
    found: Found = {name: {} for name in FILES}
    for entry in json.loads(said)["generalDiagnostics"]:
        name = Path(entry["file"]).name
        name = copies.get(name, name)
        # What a refused expression is worth is of no interest there.
        if entry["severity"] == "error" and not (name in REFUSED and entry["rule"] == "reportUnusedExpression"):
            found[name].setdefault(entry["range"]["start"]["line"] + 1, entry["message"])
    return found


@pytest.fixture(scope="session")
def basedpyright(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return pyright_says("basedpyright", tmp_path_factory.mktemp("basedpyright"))


@pytest.fixture(scope="session")
def pyright(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return pyright_says("pyright", tmp_path_factory.mktemp("pyright"))


def marked(name: str, *, mypy: bool) -> set[int]:
    """The lines of a file that must be refused."""
    mark = re.compile(r"# error(?! \(pyright\))" if mypy else r"# error")
    lines = (HERE / name).read_text().splitlines()
    start = lines.index("from __future__ import annotations")
    return {number for number, line in enumerate(lines, 1) if number > start and mark.search(line)}


CHECKERS = pytest.mark.parametrize("checker", ["mypy", "basedpyright", "pyright"])


@pytest.mark.slow
@CHECKERS
def test_what_is_right_is_accepted(checker: str, request: pytest.FixtureRequest) -> None:
    found: Found = request.getfixturevalue(checker)
    for name in ACCEPTED:
        assert found[name] == {}, name


@pytest.mark.slow
@CHECKERS
@pytest.mark.parametrize(("name", "at_least"), REFUSED.items())
def test_each_marked_line_and_no_other_is_refused(
    checker: str, name: str, at_least: int, request: pytest.FixtureRequest
) -> None:
    found: Found = request.getfixturevalue(checker)
    wanted = marked(name, mypy=checker == "mypy")
    lines = (HERE / name).read_text().splitlines()
    assert len(wanted) > at_least
    assert [f"{line}: {lines[line - 1]}" for line in sorted(wanted - set(found[name]))] == []
    assert {line: said for line, said in found[name].items() if line not in wanted} == {}


@pytest.mark.slow
def test_no_any_reaches_a_user() -> None:
    files = (str(HERE / name) for name in ACCEPTED if name.startswith("accepted"))
    assert run(sys.executable, "-m", "mypy", "--no-error-summary", "--disallow-any-expr", *files) == ""


@pytest.mark.slow
@pytest.mark.parametrize("program", ["basedpyright", "pyright"])
def test_every_public_type_is_known(program: str, tmp_path: Path) -> None:
    if not (BIN / program).exists():
        pytest.skip(f"{program} is not installed")
    # It takes the package from where Python finds packages, and does not read .pth files: an editable install's.
    path = os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])
    done = subprocess.run(
        [str(BIN / program), "--pythonpath", sys.executable, "--verifytypes", "qb", "--ignoreexternal", "--outputjson"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
        check=False,
    )
    if not done.stdout.lstrip().startswith("{"):
        pytest.skip(f"{program} does not run here: {done.stderr[:200]}")
    report = json.loads(done.stdout)["typeCompleteness"]
    missing = [
        f"{symbol['name']}: {said['message']}"
        for symbol in report["symbols"]
        if symbol["isExported"] and not (symbol["isTypeKnown"] and not symbol["isTypeAmbiguous"])
        for said in symbol["diagnostics"]
        if "docstring" not in said["message"]
    ]
    assert missing == []
    assert report["exportedSymbolCounts"]["withKnownType"] > 1000
    assert report["completenessScore"] == 1


# ---------------------------------------------------------------- whether it is true


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


class Claims:
    """`assert_type` as it runs: notes what is claimed, and of what is there already whether it is so."""

    def __init__(self) -> None:
        self.made: list[tuple[int, Any, Any]] = []
        self.unlike: list[str] = []

    def __call__(self, value: Any, claimed: Any) -> Any:
        line = sys._getframe(1).f_lineno  # pyright: ignore[reportPrivateUsage] - where the claim stands
        origin = get_origin(claimed) or claimed
        if isinstance(value, Success | Failure):
            inner = get_args(claimed)[0]
            conforms(value.unwrap(), inner if origin is Result else get_args(inner)[0], f"line {line}")
        elif isinstance(value, InsertInto | InsertIntoReturning):  # nothing runs yet: its rows are still to come
            assert isinstance(value, origin), f"line {line}: a {type(value).__name__} is no {claimed}"
        elif isinstance(value, Rows | Command | Expr):
            self.made.append((line, value, claimed))
            assert isinstance(value, origin), f"line {line}: a {type(value).__name__} is no {claimed}"
            if isinstance(value, Expr) and value.optional is not split_optional(get_args(claimed)[0])[1]:
                self.unlike.append(f"inferred.py:{line}: {claimed} and optional={value.optional}")
        elif origin is not type and not isinstance(value, msgspec.Struct | Ordering):
            conforms(value, claimed, f"line {line}")
        return value


@pytest.fixture(scope="module")
def claims() -> Claims:
    return Claims()


@pytest.fixture(scope="module")
def inferred(claims: Claims) -> types.ModuleType:
    """The module inferred.py, run with `claims` as its `assert_type`."""
    spec = spec_from_file_location("tests.typing.inferred_at_run_time", HERE / "inferred.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(typing, "assert_type", claims)
        spec.loader.exec_module(module)
    return module


def test_what_is_inferred_is_true(inferred: types.ModuleType, claims: Claims, database: Database) -> None:
    """Every claim about a query, an expression or a command: it runs, and what comes back is of the type claimed."""
    assert inferred.me
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
                wrong.append(f"inferred.py:{line}: {type(error).__name__}: {error}")
    assert wrong == []
    assert len(empty) < len(claims.made) / 10, empty  # else little was looked at


TABLES = (common.User, common.Task, common.Log, common.Member, common.Everything, common.Bare, common.Issue)


def rows_of(value: Any) -> Rows[Any] | None:
    """What asks the server for a value: a query itself, an expression in a query of its own."""
    if isinstance(value, Rows):
        return value
    expression: Expr[Any] = value
    if isinstance(expression.node, Call) and expression.node.window:
        return None  # row_number() before its over(...)
    used = set(relations(expression.node))
    if ExcludedSource() in used:
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


def test_functions_of_the_inferred_suite_run(inferred: types.ModuleType, database: Database) -> None:
    with database.transaction(rollback=True) as tx:
        inferred.of_row(tx.first(select(common.User).limit(1)).unwrap())
        inferred.running(tx, tx)


@pytest.mark.anyio
async def test_coroutines_of_the_inferred_suite_run(
    inferred: types.ModuleType, database: Database, qb_async_tx: AsyncDb
) -> None:
    await inferred.running_async(qb_async_tx)


PROGRAMS = [
    made
    for module in (accepted, accepted_statements, accepted_text)
    for made in vars(module).values()
    if isinstance(made, types.FunctionType)
    and made.__module__ == module.__name__
    and list(made.__annotations__.items()) == [("db", "Db"), ("return", "None")]
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_accepted_programs_run(program: Callable[[Tx], None], database: Database) -> None:
    with database.transaction(rollback=True) as tx:
        program(tx)


@pytest.mark.anyio
async def test_accepted_coroutines_run(database: Database, qb_async_tx: AsyncDb) -> None:
    await accepted.asynchronously(qb_async_tx)
