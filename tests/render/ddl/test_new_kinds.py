"""A kind of object that holds a query takes two code files, too: its model and its SQL, tried on a copy.

They write views and policies once more, under other names of the kinds.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.copies import Copy

MODEL = '''"""Views. https://www.postgresql.org/docs/current/sql-createview.html"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from qb.model.body import SettledBody, body
from qb.model.object import Identity, Standalone
from qb.query.statement import Rows
from qb.tree.statements import StatementNode


class SavedQuery(Standalone, frozen=True):
    """A query under a name, its columns named."""

    kind: ClassVar[str] = "saved query"
    names_relation: ClassVar[bool] = True
    alters: ClassVar[frozenset[str]] = frozenset(("body",))
    privileges: ClassVar[Mapping[str, int]] = {"select": 1}
    columns: tuple[str, ...]
    body: SettledBody[StatementNode]

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its schema, and what its query reads."""
        return (*super().needs, *self.body.needs)


def view(name: str, query: Rows[Any], *columns: str, schema: str | None = None) -> SavedQuery:
    """A view."""
    return SavedQuery(schema, name, columns, body(query.node))
'''
WRITER = '''"""Views. https://www.postgresql.org/docs/current/sql-createview.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.target import Requirements
from qb.model.saved_query import SavedQuery
from qb.render.ddl.expression import query
from qb.render.ddl.parts import dropped, names
from qb.types.identifier import qualified


def create(view: SavedQuery, operation: Create, needs: Requirements) -> str:
    """CREATE VIEW."""
    return f"CREATE {_rest(view, needs)}"


def alter(before: SavedQuery, after: SavedQuery, needs: Requirements) -> Iterator[str]:
    """CREATE OR REPLACE VIEW."""
    yield f"CREATE OR REPLACE {_rest(after, needs)}"


def drop(view: SavedQuery, operation: Drop) -> str:
    """DROP VIEW."""
    return dropped(operation, "VIEW", qualified(view.schema, view.name))


def subject(view: SavedQuery) -> str:
    """What COMMENT ON calls it."""
    return f"VIEW {qualified(view.schema, view.name)}"


def _rest(view: SavedQuery, needs: Requirements) -> str:
    name = qualified(view.schema, view.name)
    return f"VIEW {name} {names(view.columns)} AS {query(view.body.node, needs, view.identity.title)}"


def granted(view: SavedQuery) -> tuple[str, str]:
    """What GRANT says: views are tables to it."""
    return "", f"TABLE {qualified(view.schema, view.name)}"
'''
PROGRAM = r'''
import sys
from qb import (
    Col, DefinitionError, Shape, Success, Table, column, connect, create_all, cte, drop_all, fn, identity, insert, many,
    new, schema, select, sql,
)
from qb.ddl.operation import Alter, Comment, Drop, Grant, Revoke
from qb.ddl.plan import undone
from qb.model.target import Target
from qb.model.saved_query import view
from qb.render.ddl.script import planned

HOSTILE = """a'b"c\\d;$$--{x}é"""


class Zone(Table, name="zones of views", schema="halls of views"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column()


class Seat(Table, name="seats of views"):
    id: Col[int] = column(primary_key=True, default=identity())
    zone_id: Col[int] = column(references=Zone.id)


def seats(above):
    counted = cte(select(Seat.zone_id, fn.count()).group_by(Seat.zone_id).map(Of))
    return (
        select(Zone.name, counted.count, many(select(Seat).where(Seat.zone_id == Zone.id)))
        .join(counted, on=counted.zone_id == Zone.id)
        .where(Zone.name != HOSTILE, Zone.id > above)
    )


class Of(Shape):
    zone_id: Col[int]
    count: Col[int]


first = view(f"a {HOSTILE}", seats(0), "name", f"n {HOSTILE}", "seats")
again, other = view(first.name, seats(0), *first.columns), view(first.name, seats(1), *first.columns)
assert first == again and first != other and hash(first) == hash(again)
house = schema(Seat, first, Zone)
assert house == schema(Zone, Seat, again) and house != schema(Zone, Seat, other)
assert [each.kind for each in house.roots] == ["schema", "table", "table", "saved query"], house.roots
made, gone = create_all(house), drop_all(house)
there = set()
for each in made.operations:
    assert set(each.needs) <= there | set(each.gives), each
    there |= set(each.gives)
assert repr(gone.operations[0]) == f"<drop saved query {first.name}>", gone.operations
assert "a '" not in repr(made)
try:
    schema(Zone, Seat, view("zones", seats(0), "a", "b", "c"), view("zones", seats(1), "a", "b", "c"))
    raise SystemExit("two views of one name")
except DefinitionError as error:
    assert "the saved query zones is declared twice" in str(error), error

with connect(sys.argv[1]) as db, db.transaction(rollback=True) as tx:
    tx.run(made).unwrap()
    for zone in (1, 2):
        tx.execute(insert(new(Zone)(id=zone, name="it's"))).unwrap()
        tx.execute(insert(new(Seat)(zone_id=zone), new(Seat)(zone_id=zone))).unwrap()
    name = '"' + first.name.replace('"', '""') + '"'
    seen = sql(f"SELECT name, seats FROM {name.replace('{', '{{').replace('}', '}}')} ORDER BY 1, 2::text")
    seen = seen.rows(tuple[str, list[tuple[int, int]]])
    assert tx.all(seen) == Success([("it's", [(1, 1), (2, 1)]), ("it's", [(3, 2), (4, 2)])])
    changes = planned(
        [Alter(first, other), Comment(first, "it's seen"), Grant(first, ("select",), "public")], Target()
    )
    tx.run(changes).unwrap()
    assert tx.all(seen) == Success([("it's", [(3, 2), (4, 2)])])
    tx.run(planned(undone(changes.operations), Target())).unwrap()
    assert len(tx.all(seen).unwrap()) == 2
    assert isinstance(undone(changes.operations)[0], Revoke)
    assert undone([Drop(first)]) is not None  # it loses nothing
    assert tx.run(planned([Drop(house.tables[0])], Target())).failure().sqlstate == "2BP01"
with connect(sys.argv[1]) as db, db.transaction(rollback=True) as tx:
    tx.run(made).unwrap()
    tx.run(gone).unwrap()
    tx.run(made).unwrap()  # nothing was left
print("done")
'''


POLICY_MODEL = '''"""Policies. https://www.postgresql.org/docs/current/sql-createpolicy.html"""

from __future__ import annotations

from typing import ClassVar

from qb.model.body import SettledBody, body
from qb.model.object import Attached, Identity
from qb.query.expr.expr import Expr
from qb.tree.expressions import Expression
from qb.tree.relations import TableSource


class RowFilter(Attached, frozen=True):
    """Which rows of a table can be seen."""

    kind: ClassVar[str] = "row filter"
    using: SettledBody[Expression]

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its table, and what its condition reads."""
        return tuple(dict.fromkeys((*super().needs, *self.using.needs)))


def policy(name: str, table: TableSource, using: Expr[bool]) -> RowFilter:
    """A policy."""
    return RowFilter(table, name, body(using.node))
'''
POLICY_WRITER = '''"""Policies. https://www.postgresql.org/docs/current/sql-createpolicy.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.row_filter import RowFilter
from qb.model.target import Requirements
from qb.render.ddl.expression import expression
from qb.render.ddl.parts import table_name
from qb.types.identifier import quoted


def create(policy: RowFilter, operation: Create, needs: Requirements) -> str:
    """CREATE POLICY."""
    using = expression(policy.using.node, needs, policy.identity.title, table=policy.table)
    return f"CREATE {subject(policy)} USING ({using})"


def drop(policy: RowFilter, operation: Drop) -> str:
    """DROP POLICY."""
    guard = "IF EXISTS " if operation.if_exists else ""
    return f"DROP POLICY {guard}{quoted(policy.name)} ON {table_name(policy.table)}"


def subject(policy: RowFilter) -> str:
    """What COMMENT ON calls it."""
    return f"POLICY {quoted(policy.name)} ON {table_name(policy.table)}"
'''
POLICY_PROGRAM = r'''
import sys
from qb import Col, DefinitionError, Table, alias, column, connect, create_all, drop_all, exists, schema, select, sql
from qb.ddl.operation import Alter, Comment, Create, Drop
from qb.ddl.plan import undone
from qb.model.row_filter import policy
from qb.model.target import Target
from qb.render.ddl.script import planned
from qb.tree.relations import TableSource

HOSTILE = """a'b"c\\d;$$--{x}é"""


class Guest(Table, name="guests of policies"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column()


class Zoo(Table, name="zoos of policies"):
    id: Col[int] = column(primary_key=True)


def seen(name=f"p {HOSTILE}", zoo=1):
    twin = alias(Guest, "twin")
    inner = select(Zoo.id).join(twin, on=twin.id == Zoo.id).where(twin.name == HOSTILE, Zoo.id > zoo)
    return policy(name, TableSource(None, "guests of policies"), (Guest.id > 0) & exists(inner))


one = seen()
house = schema(Guest, Zoo, one)
assert house == schema(Zoo, seen(), Guest) != schema(Zoo, seen(zoo=2), Guest)
made, gone = create_all(house), drop_all(house)
assert [each.identity.kind for each in made.operations] == ["table", "table", "row filter"]
there = set()
for each in made.operations:
    assert set(each.needs) <= there | set(each.gives), each
    there |= set(each.gives)
assert there == {each.identity for each in house.objects}
assert [each.identity.kind for each in gone.operations] == ["row filter", "table", "table"]
twice = Guest, Zoo, one, seen(zoo=2)
for wrong, message in (((Zoo, one), "the row filter"), (twice, "give one of them another name")):
    try:
        schema(*wrong)
        raise SystemExit(message)
    except DefinitionError as error:
        assert message in str(error), error
with connect(sys.argv[1]) as db, db.transaction(rollback=True) as tx:
    count = sql("SELECT count(*) FROM pg_policies").rows(int)
    tx.run(made).unwrap()
    assert tx.scalar(count).unwrap() == 1
    tx.run(planned([Comment(one, "it's one")], Target())).unwrap()
    table = next(each for each in house.tables if each.attached)
    other = next(each for each in schema(Guest, Zoo, seen(zoo=5), seen("second")).tables if each.attached)
    changed = Alter(table, other)
    assert [type(each) for each in changed.steps] == [Drop, Create, Create], changed.steps
    tx.run(planned([changed], Target())).unwrap()
    assert tx.scalar(count).unwrap() == 2
    tx.run(planned(undone([changed]), Target())).unwrap()
    tx.run(gone).unwrap()
    assert tx.scalar(count).unwrap() == 0
    tx.run(made).unwrap()
    tx.run(drop_all(house, if_exists=True)).unwrap()
print("done")
'''
KINDS = {"saved_query": (MODEL, WRITER, PROGRAM), "row_filter": (POLICY_MODEL, POLICY_WRITER, POLICY_PROGRAM)}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_two_files(qb_url: str, tmp_path: Path, kind: str) -> None:
    """One that stands by itself, and one that is attached to a table."""
    model, writer, program = KINDS[kind]
    copy = Copy(tmp_path)
    copy.write(f"model/{kind}.py", model)
    copy.write(f"render/ddl/{kind}.py", writer)
    assert copy.touched == [f"model/{kind}.py", f"render/ddl/{kind}.py"]
    assert copy.run(program, qb_url) == "done\n"
