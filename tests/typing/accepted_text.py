"""SQL text that the checkers take, every function of it run: literals, what literals are put together to, and what is
vouched for."""
# mypy: disallow-any-expr

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, LiteralString, NewType, assert_type

from qb import Db, Expr, Outcome, Script, Success, pg, select, sql, trusted
from qb.typing import Sql
from tests.typing.common import Log, LogId, User

OrderNo = NewType("OrderNo", int)
Code = NewType("Code", str)
COUNT: Final = "SELECT count(*)"
UNSAID = "SELECT count(*) FROM {t}"
FROM: LiteralString = " FROM {t}"
FILTERS: Final[tuple[LiteralString, ...]] = ("true", "1 < 2", "'a' LIKE '%'")
ORDERS: dict[Literal["old", "new"], LiteralString] = {"old": "1 ASC", "new": "1 DESC"}
Unit = Literal["day", "hour"]


class Texts:
    UNSAID = "SELECT 1"
    SAID: Final = "SELECT 1"


def truncated(unit: Unit) -> Sql:
    return sql(f"date_trunc('{unit}', now())")


def put_together(text: LiteralString, *more: LiteralString) -> LiteralString:
    return text + "".join(f" AND {each}" for each in more)


def literals(db: Db) -> None:
    assert db.scalar(sql(COUNT + FROM, t=Log).rows(int)) == db.scalar(sql(f"{COUNT}{FROM}", t=Log).rows(int))
    assert db.all(sql("SELECT 1 WHERE " + " AND ".join(FILTERS)).rows(int)) == Success([1])
    assert db.all(sql(put_together("SELECT 1 WHERE true", "true", *FILTERS)).rows(int)) == Success([1])
    assert db.all(sql("VALUES (1), (2) ORDER BY " + ORDERS["new"]).rows(int)) == Success([2, 1])
    assert db.all(sql("SELECT %s" % "1").rows(int)) == Success([1])  # noqa: UP031 - of literals
    assert db.all(sql("SELECT {}".format("2").strip().replace("2", "3")).rows(int)) == Success([3])  # noqa: UP032
    in_a_day: Literal["SELECT 1"] | Literal["SELECT 2"] = "SELECT 2" if len(FILTERS) > 2 else "SELECT 1"
    assert db.all(sql(Texts.SAID + " UNION ALL " + UNSAID, t=Log).rows(int)).map(len) == Success(2)
    assert db.all(sql(in_a_day).rows(int)) == Success([2])
    assert_type(sql(FILTERS[0]).as_(bool), Expr[bool | None])
    for unit in ("day", "hour"):
        assert len(db.all(select(User.id, truncated(unit).as_(str).is_null()).limit(1)).unwrap()) <= 1


def vouched_for(db: Db) -> None:
    tables = ["logs", "users"]
    counts = trusted(" UNION ALL ".join(f"SELECT count(*) FROM (VALUES (1)) AS {each}" for each in tables))
    assert db.all(sql(counts).rows(int)) == Success([1, 1])
    assert_type(trusted("1"), LiteralString)
    assert db.all(sql("SELECT " + trusted(str(len(tables)))).rows(int)) == Success([2])
    assert db.run(Script(*map(trusted, ["SELECT 1", "SELECT 2"]))) == Success(2)
    assert db.run(Script(*map(trusted, (f"SELECT {number}" for number in range(3))), "SELECT 1")) == Success(4)
    bits = pg.custom(trusted(f"bit({len(tables)})"), encode=str, decode=str)
    assert db.all(sql("SELECT B'10'").rows(str)) == Success(["10"])
    assert bits.name == "bit(2)"


def files(db: Db) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "0001.sql")
        path.write_text("CREATE TEMP TABLE of_a_file (a text); -- and\nINSERT INTO of_a_file VALUES ('{a}');\n")
        assert db.run(Script(trusted(path.read_text()))) == Success(1)
        path.write_text("SELECT a FROM of_a_file WHERE a LIKE {pattern}")
        assert db.all(sql(trusted(path.read_text()), pattern="%a%").rows(str)) == Success(["{a}"])


def branded(db: Db) -> None:
    """A NewType is as good as a class, and so is what stands in an annotation."""
    number = sql("7").as_(OrderNo)
    assert_type(number, Expr[OrderNo | None])
    assert_type(sql("7").as_(OrderNo, not_null=True), Expr[OrderNo])
    assert db.all(select(number)) == Success([OrderNo(7)])
    assert_type(db.all(sql("SELECT 7").rows(OrderNo)), Outcome[list[OrderNo]])
    assert db.all(sql("SELECT 7").rows(OrderNo)) == Success([OrderNo(7)])
    assert_type(db.all(sql("SELECT 'a'").rows(Code)), Outcome[list[Code]])
    assert_type(db.one(sql("SELECT 7, 'a'").rows(tuple[OrderNo, Code])), Outcome[tuple[OrderNo, Code]])
    assert db.one(sql("SELECT 7, 'a'").rows(tuple[OrderNo, Code])) == Success((7, "a"))
    assert_type(sql("'x'").as_(Literal["x", "y"], not_null=True), Expr[Literal["x", "y"]])
    assert_type(db.all(sql("SELECT NULL::int").rows(int | None)), Outcome[list[int | None]])
    assert db.all(sql("SELECT NULL::int").rows(int | None)) == Success([None])
    assert_type(db.all(select(Log.id).where(Log.id == sql("7").as_(LogId))), Outcome[list[LogId]])
    assert_type(sql("ARRAY[7]").as_(list[OrderNo], not_null=True), Expr[list[OrderNo]])
    assert db.all(select(sql("ARRAY[7]").as_(list[OrderNo], not_null=True))) == Success([[OrderNo(7)]])
    small = sql("7::int2").as_(OrderNo, type=pg.smallint, not_null=True)
    assert_type(small, Expr[OrderNo])
    assert_type(sql("7").as_(OrderNo, type=pg.integer), Expr[OrderNo | None])
    assert db.all(select(small)) == Success([OrderNo(7)])
