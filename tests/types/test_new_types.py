"""A type of a family that is there takes two code files: its row and its class, and its form. Tried on a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.copies import Copy

ROW = """LSN: Final = Wire(
    name="pg_lsn", oid=3220, array_oid=3221, kind="network", takes=(str,), extremes=False, texted=True
)


class Lsn(Scalar[str | None]):
    \"\"\"A place in the write-ahead log as PostgreSQL writes it.\"\"\"

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("pg_lsn", "pg_lsn", LSN, str, check=self._judge)

    def _judge(self, value: object) -> str:
        if not isinstance(value, str):
            raise TypeError(f"pg_lsn takes str, not {type(value).__name__}")
        if re.fullmatch("(0|[1-9A-F][0-9A-F]{0,7})/(0|[1-9A-F][0-9A-F]{0,7})", value) is None:
            raise ValueError("pg_lsn takes a place in the form in which it comes back: 16/B374D848")
        return value

    def literal(self, value: Any) -> str:
        return self._judge(value)


class NetworkTypes:
"""
FAMILY = {
    "class NetworkTypes:\n": ROW,
    "    macaddr: SqlType": "    pg_lsn: SqlType[str | None] = Lsn()\n    macaddr: SqlType",
}
WRITTEN = """def _lsn(value: str) -> bytes:
    high, low = (int(part, 16) for part in value.split("/"))
    return struct.pack("!II", high, low)


FORMS: dict[Wire, Form] = {
    LSN: Form(None, BINARY, _lsn, _lsn, loader=TextLoader),
"""
FORM = {
    "import CIDR, INET, ": "import CIDR, INET, LSN, ",
    "FORMS: dict[Wire, Form] = {\n": WRITTEN,
}
PROGRAM = r"""
import sys
from pathlib import Path
import qb
from qb import (
    Col, DefinitionError, QueryError, Success, Table, column, connect, create_all, fn, insert, many, new, pg, prepare,
    schema, select, sql, update,
)

assert Path(qb.__file__).is_relative_to(Path.cwd()), qb.__file__
A, B, C = "0/A", "16/B374D848", "FFFFFFFF/1"


class Net(Table, name="added_networks"):
    id: Col[int] = column(primary_key=True)
    range: Col[str] = column(pg.pg_lsn, default=A)
    spare: Col[str | None] = column(pg.pg_lsn, default=None)
    others: Col[list[str | None]] = column(pg.array(pg.pg_lsn), default=[])


@prepare
def within(range: str):
    return select(Net.id).where(Net.range == range).order_by(Net.id)


NewNet = new(Net)
with connect(sys.argv[1]) as db, db.transaction(rollback=True) as tx:
    tx.run(create_all(schema(Net))).unwrap()
    tx.run(create_all(schema(Net), if_not_exists=True)).unwrap()  # what stands there is what was declared
    rows = [NewNet(id=1, range=B, others=[C, None, A]), NewNet(id=2, range=C, spare=A), NewNet(id=3)]
    tx.execute(insert(*rows)).unwrap()
    wanted = [(B, None, [C, None, A]), (C, A, []), (A, None, [])]
    what = select(Net.range, Net.spare, Net.others)
    assert tx.all(what.order_by(Net.id)) == Success(wanted)
    for prepared in (True, False):
        assert tx.all(within(C) if prepared else select(Net.id).where(Net.range == C)) == Success([2])
    assert tx.all(select(Net.id).where(Net.range.in_([A, B])).order_by(Net.id)) == Success([1, 3])
    assert tx.all(select(Net.id).where(Net.range > A).order_by(Net.range)) == Success([1, 2])
    assert tx.one(update(Net).set(Net.spare.to(C)).where(Net.id == 1).returning(Net.spare)) == Success(C)
    assert tx.one(select(fn.coalesce(Net.spare, B)).where(Net.id == 3)) == Success(B)
    nested = many(select(Net.range, Net.others).where(Net.id == 1))  # inside JSON
    assert tx.one(select(Net.id, nested).where(Net.id == 2)) == Success((2, [(B, [C, None, A])]))
    assert tx.one(select(fn.array_agg(Net.range, order_by=Net.id))) == Success([B, C, A])
    with tx.stream(select(Net).order_by(Net.id)) as stream:
        assert [row.range for row in stream] == [B, C, A]
    many_rows = [NewNet(id=100 + number, range=C, spare=B, others=[A, None]) for number in range(120)]
    assert tx.insert_many(many_rows) == Success(120)  # by COPY
    assert tx.all(what.where(Net.id >= 100).distinct()) == Success([(C, B, [A, None])])
    assert tx.insert_many([NewNet(id=300, range=C)], insert(Net).returning(Net.range)) == Success([C])
    assert tx.one(sql("SELECT pg_typeof(range)::text FROM added_networks WHERE id = 1").rows(str)) == Success("pg_lsn")
    error = tx.all(select(Net.id).where(Net.range == "010/1")).failure()
    assert "010/1" not in str(error), error
WRONG = lambda: Net.range == 5, lambda: Net.range == Net.id, lambda: fn.max(Net.range), lambda: Net.range.like("1%")
for wrong in WRONG:
    try:
        wrong()
        raise SystemExit("it was taken")
    except QueryError as error:
        assert "pg_lsn" in str(error), error
try:
    class Wrong(Table, name="wrong_networks"):
        range: Col[str] = column(pg.pg_lsn, default="nowhere")
    Wrong.range
    raise SystemExit("it was taken")
except DefinitionError as error:
    assert "its default does not fit pg_lsn" in str(error), error
print("done")
"""


@pytest.mark.slow
def test_a_type_is_two_files(qb_url: str, tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    copy.edit("types/network.py", FAMILY)
    copy.edit("run/session/forms.py", FORM)
    assert copy.touched == ["run/session/forms.py", "types/network.py"]
    assert copy.run(PROGRAM, qb_url) == "done\n"
