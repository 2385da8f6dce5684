"""What a program pays before it does anything: the library's import, and a schema of 150 tables of 15 columns."""

from collections.abc import Mapping, Sequence

from benchmarks.data.rows import Sizes
from benchmarks.peers.registry import Key
from benchmarks.suites.calls import always
from benchmarks.suites.case import Case, Kind

SUITE = "imports"
TABLES, COLUMNS = 150, 15

IMPORTS: Mapping[Key, str] = {
    Key.QB: "import qb\n",
    Key.SQLALCHEMY_CORE: "import sqlalchemy\n",
    Key.SQLALCHEMY_ORM: "import sqlalchemy.orm\n",
    Key.ASYNCPG: "import asyncpg\n",
    Key.BY_HAND: "import psycopg, msgspec\n",
}
"""What stands at the top of a module that describes or uses a database."""

PROGRAMS: Mapping[Key, str] = {
    Key.QB: "from qb import Col, Table, column, connect, insert, pg, schema, select, update\n",
    Key.SQLALCHEMY_CORE: (
        "from sqlalchemy import Column, MetaData, Table, create_engine, insert, select, update\n"
        "import sqlalchemy.dialects.postgresql.psycopg, psycopg\n"
    ),
    Key.SQLALCHEMY_ORM: (
        "from sqlalchemy import create_engine, insert, select, update\n"
        "from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column\n"
        "import sqlalchemy.dialects.postgresql.psycopg, psycopg\n"
    ),
    Key.BY_HAND: "import psycopg, psycopg_pool, msgspec\n",
}
"""The same with statements, a driver and a pool: names are loaded when they are asked for."""


SYSTEM_NAMES = ("archetype", "chronos", "pivotal", "promptliano", "supabase_chat")
SYSTEMS: Mapping[Key, str] = {Key.QB: "".join(f"import {name}, tables.{name}\n" for name in SYSTEM_NAMES)}
"""Five real databases as they are declared here, whole: 163 tables, their documents, their policies, their schemas."""


def cases(_: Sizes) -> Sequence[Case]:
    return [
        importing("library", "The library imported", IMPORTS),
        importing("program", "What a program that describes, queries and connects imports", PROGRAMS),
        importing("tables", f"{TABLES} tables of {COLUMNS} columns each imported", SCHEMAS),
        importing("systems", "The five systems of `tables/` imported", SYSTEMS),
    ]


def importing(name: str, title: str, programs: Mapping[Key, str]) -> Case:
    return Case(
        suite=SUITE,
        name=name,
        title=title,
        method=None,
        arguments=always(None),
        checks=[],
        kind=Kind.IMPORT,
        programs=programs,
    )


def qb_tables() -> str:
    kinds = ("int", "str", "bool", "float", "str | None")
    lines = ["from qb import Col, Table, column", ""]
    for table in range(TABLES):
        lines += [f"class T{table}(Table, name='t{table}'):", "    id: Col[int] = column(primary_key=True)"]
        lines += [f"    c{place}: Col[{kinds[place % len(kinds)]}]" for place in range(1, COLUMNS)]
    return "\n".join(lines) + "\n"


def core_tables() -> str:
    kinds = ("BigInteger", "Text", "Boolean", "Float", "Text")
    lines = ["from sqlalchemy import BigInteger, Boolean, Column, Float, MetaData, Table, Text", "m = MetaData()"]
    for table in range(TABLES):
        lines += [f"t{table} = Table('t{table}', m, Column('id', BigInteger, primary_key=True),"]
        lines += [
            f"    Column('c{place}', {kinds[place % len(kinds)]}, nullable={place % len(kinds) == 4}),"
            for place in range(1, COLUMNS)
        ]
        lines += [")"]
    return "\n".join(lines) + "\n"


def orm_tables() -> str:
    kinds = ("int", "str", "bool", "float", "str | None")
    lines = [
        "from sqlalchemy.orm import DeclarativeBase, Mapped, configure_mappers, mapped_column",
        "class Base(DeclarativeBase): pass",
    ]
    for table in range(TABLES):
        lines += [f"class T{table}(Base):", f"    __tablename__ = 't{table}'"]
        lines += ["    id: Mapped[int] = mapped_column(primary_key=True)"]
        lines += [f"    c{place}: Mapped[{kinds[place % len(kinds)]}]" for place in range(1, COLUMNS)]
    return "\n".join([*lines, "configure_mappers()"]) + "\n"


SCHEMAS: Mapping[Key, str] = {
    Key.QB: qb_tables(),
    Key.SQLALCHEMY_CORE: core_tables(),
    Key.SQLALCHEMY_ORM: orm_tables(),
}
