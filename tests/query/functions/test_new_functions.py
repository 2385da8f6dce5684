"""A function is one code file, whatever there is to know of it. Tried on a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.copies import Copy

ROWS = """_GCD: Final = Function("gcd", typed="argument", since=13)
_BIT_XOR: Final = Function("bit_xor", "always", aggregate=True, since=14)


@remembering
class MathFunctions:
"""
METHODS = """    __slots__ = ()

    def gcd(self, a: Expr[int], b: Expr[int]) -> Expr[int]:
        \"\"\"The greatest common divisor.\"\"\"
        check_expression("gcd", a)
        a, b = settled_argument(a), settled_argument(b)
        return Expr(Call(_GCD, (a.node, b.node)), a.type, int, a.optional or b.optional)

    def bit_xor(self, item: Expr[int]) -> Expr[int | None]:
        \"\"\"The bits that an odd number of rows have.\"\"\"
        check_expression("bit_xor", item)
        return Expr(Call(_BIT_XOR, (item.node,)), item.type, int, True)

"""
CHAPTER = {
    "@remembering\nclass MathFunctions:\n": ROWS,
    "    __slots__ = ()\n": METHODS,
}
PROGRAM = r"""
import sys
from qb import Col, QueryError, Success, Table, column, connect, create_all, fn, identity, insert, new, schema, select


class Pair(Table, name="pairs_of_functions"):
    id: Col[int] = column(primary_key=True, default=identity())
    a: Col[int] = column()
    b: Col[int] = column()


row = new(Pair)
divisor = fn.gcd(Pair.a, Pair.b)
try:
    select(Pair.id).where(fn.bit_xor(Pair.a) > 1)
    raise SystemExit("an aggregate in where")
except QueryError as error:
    assert "bit_xor(...)" in str(error), error
with connect(sys.argv[1]) as db, db.transaction(rollback=True) as tx:
    tx.run(create_all(schema(Pair))).unwrap()
    tx.execute(insert(row(a=12, b=18), row(a=7, b=5), row(a=7, b=14))).unwrap()
    assert tx.all(select(divisor).order_by(Pair.id)) == Success([6, 1, 7])
    assert tx.one(select(fn.bit_xor(Pair.a))) == Success(12)
    grouped = select(Pair.a, fn.bit_xor(Pair.b)).group_by(Pair.a)
    assert tx.all(grouped.having(fn.bit_xor(Pair.b) > 15)) == Success([(12, 18)])
    assert tx.one(select(fn.sum(divisor + 1).filter(divisor > 1))) == Success(15)
print("done")
"""


@pytest.mark.slow
def test_a_function_is_one_file(qb_url: str, tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    copy.edit("query/functions/math.py", CHAPTER)
    assert copy.touched == ["query/functions/math.py"]
    assert copy.run(PROGRAM, qb_url) == "done\n"
