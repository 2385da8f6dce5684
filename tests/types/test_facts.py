"""Each type's facts stand in one row, the rows are true, and nobody keeps a list of types beside them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Database, Success, sql, trusted
from qb.run.session.forms import FORMS, LOADERS
from qb.types.builtin import pg, plain_type
from qb.types.facts import Wire, modifier_of, scale_of
from tests.sources import nodes

QB = Path(__file__).parents[2] / "qb"

ROWS = [wire for wire in FORMS if wire.oid]

HOMES = frozenset(
    QB / f"{name}.py"
    for name in (
        *("types/facts", "types/number", "types/text", "types/scalar", "types/temporal", "types/json", "types/network"),
        *("types/vector", "types/bits", "types/money", "types/oid", "types/xml", "types/text_search"),
        *("types/range_types", "types/geometric_types", "types/from_text", "run/session/forms"),
    )
)
"""Where rows are made, and where the forms are that belong to them."""

NAMES = frozenset(wire.name for wire in ROWS) | {
    *("smallint", "integer", "bigint", "real", "double precision", "boolean", "char", "citext", "vector"),
    *("record", "hstore"),
}


KIT = QB / "kit"
"""What reads catalogs, writes descriptors as source code and has opinions of types has their names as words."""

PYTHONS = {
    *(("query/prepared/impure.py", "timestamp"), ("query/prepared/inspection.py", "bool")),
    *(("run/talk/held.py", "line"), ("run/talk/async_held.py", "line")),
    *(("run/databases/opened.py", "line"), ("run/pool/ration.py", "line")),
    *(("declare/exposure.py", "circle"), ("declare/exposure.py", "boolean"), ("declare/json_schema.py", "boolean")),
    ("declare/always.py", "boolean"),
    *(
        ("model/overlapping.py", "text"),
        ("otel/summary.py", "text"),
        ("tree/lexemes.py", "text"),
        ("tree/unvalued.py", "text"),
    ),
}
"""Names of Python's own, of JSON's, and of qb's: a method of datetime, what a body may call, the line before a pool."""


def _literals(node: ast.expr) -> Iterator[ast.Constant]:
    match node:
        case ast.Constant(value=str()):
            yield node
        case ast.Starred(value=inner):
            yield from _literals(inner)
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            for item in items:
                yield from _literals(item)
        case _:
            pass


def _asked(source: str) -> Iterator[tuple[int, str]]:
    """The names of types that a source compares with, or that it keeps in a collection."""
    for node in ast.walk(ast.parse(source)):
        found: list[ast.expr] = []
        match node:
            case ast.Compare(left=left, comparators=others):
                found = [left, *others]
            case ast.Dict(keys=keys, values=values):
                found = [each for each in (*keys, *values) if each is not None]
            case ast.Tuple() | ast.List() | ast.Set():
                found = [node]
            case ast.MatchValue(value=value):
                found = [value]
            case _:
                pass
        for each in found:
            yield from ((one.lineno, str(one.value)) for one in _literals(each) if one.value in NAMES)


def test_only_the_rows_know_types_by_name() -> None:
    found = {
        (path.relative_to(QB).as_posix(), name)
        for path in QB.rglob("*.py")
        if path not in HOMES and not path.is_relative_to(KIT)
        for _, name in _asked(path.read_text())
    }
    assert found - PYTHONS == set()


@pytest.mark.parametrize(
    "source",
    [
        'x = type_.wire == "int4"',
        'x = wire in ("int4", other)',
        '_NUMBERS = frozenset(("numeric",))',
        'x = {"uuid": 1}',
        'x = [*("bytea", y)]',
        'match x:\n    case "jsonb": ...',
    ],
)
def test_a_list_of_ones_own_is_found(source: str) -> None:
    assert list(_asked(source)) != []


@pytest.mark.parametrize("wire", ROWS, ids=lambda wire: wire.name)
def test_a_row_has_the_names_and_numbers_of_the_catalog(qb_db: Database, wire: Wire) -> None:
    query = sql(
        "SELECT oid::integer, typarray::integer FROM pg_catalog.pg_type WHERE typname = {name} "
        "AND typnamespace = 'pg_catalog'::regnamespace",
        name=wire.name,
    ).rows(tuple[int, int])
    assert qb_db.one(query).unwrap() == (wire.oid, wire.array_oid)


@pytest.mark.parametrize("wire", ROWS, ids=lambda wire: wire.name)
def test_the_server_agrees_on_equality_and_extremes(qb_db: Database, wire: Wire) -> None:
    has = "SELECT count(*) FROM pg_catalog.pg_aggregate a JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid "
    extremes = sql(has + "WHERE p.proname = 'max' AND p.proargtypes[0] = {oid}", oid=wire.oid).rows(int)
    equality = sql(trusted(f'SELECT NULL::"{wire.name}" = NULL::"{wire.name}"')).command()
    if wire.name != "varchar":  # which borrows those of text
        assert (qb_db.one(extremes).unwrap() > 0) == wire.extremes or wire.name == "bytea"  # bytea since PostgreSQL 18
    # That of geometric types is none: of two boxes it compares the areas.
    has_equality = isinstance(qb_db.execute(equality), Success) and not wire.is_geometric
    assert has_equality == wire.equality


def test_every_plain_type_has_a_row_and_a_form() -> None:
    plain = [type_ for type_ in map(plain_type, FORMS) if type_ is not None]
    assert {type_.wire for type_ in plain} | {pg.varchar(1).wire, pg.char(1).wire, pg.bit(1).wire} == set(ROWS)


def test_ranks_order_the_numbers_and_the_days() -> None:
    numbers = sorted((wire for wire in ROWS if wire.is_number), key=lambda wire: wire.rank)
    assert [wire.name for wire in numbers] == ["int2", "int4", "int8", "numeric", "float4", "float8"]
    days = sorted((wire for wire in ROWS if wire.is_day), key=lambda wire: wire.rank)
    assert [wire.name for wire in days] == ["date", "timestamp", "timestamptz"]


def test_what_has_no_row_is_read_as_text() -> None:
    rows = {wire.oid for wire in ROWS}
    assert {194, 2970, 5038} & {oid for oid, _ in LOADERS} - rows == set()  # psycopg reads these as text by itself
    assert {3904, 1266} <= {oid for oid, _ in LOADERS}  # int4range and timetz, which it does not


def test_limits_are_those_of_the_catalog() -> None:
    assert [modifier_of(name) for name in ("numeric(8, 3)", "timestamp(3)", "char(2)")] == [(8 << 16 | 3) + 4, 3, 6]
    assert scale_of((8 << 16 | 3) + 4) == 3
    assert scale_of(-1) is None


def _names(path: Path, word: str) -> bool:
    """Whether a module's code has a word, as a name or as a text of its own."""
    found: set[object] = set()
    for node in nodes(path):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) | ast.Constant(value=str(name)):
                found.add(name.lower())
            case _:
                pass
    return word in found


def test_the_name_of_a_type_stands_in_two_files() -> None:
    """That no other file has to be touched is tried in `test_new_types.py`."""
    homes = [path for path in QB.rglob("*.py") if not path.is_relative_to(KIT) and _names(path, "macaddr8")]
    assert sorted(path.relative_to(QB).as_posix() for path in homes) == [
        "run/session/forms.py",
        "types/network.py",
    ]


def _listed(source: str) -> Iterator[int]:
    """Where a source keeps two types or more in a collection, as objects of `pg`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                said = [ast.unparse(item) for item in items]
            case ast.Dict(keys=keys):
                said = [ast.unparse(key) for key in keys if key is not None]
            case _:
                continue
        if sum(each.startswith("pg.") and "(" not in each for each in said) > 1:
            yield node.lineno


def test_nobody_keeps_a_list_of_types_as_objects_either() -> None:
    kept = [path for path in QB.rglob("*.py") if path.parent.name != "types"]
    found = {path.relative_to(QB).as_posix() for path in kept if list(_listed(path.read_text()))}
    # A day is added to a date as an integer: a hint in the error of one pair of types.
    assert found == {"query/expr/arithmetic.py"}
    assert (
        list(_listed("x = (pg.smallint, pg.integer)")) == list(_listed("x = {pg.date.wire: 1, pg.time.wire: 2}")) == [1]
    )
