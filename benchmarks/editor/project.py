"""A project of 150 tables and 300 queries, as one would write it: a module for each area, ids, documents, relations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import NamedTuple

AREAS = (
    "People", "Catalog", "Stock", "Sales", "Billing", "Shipping", "Support", "Travel",
    "Payroll", "Library", "Garden", "Clinic", "School", "Fleet", "Studio",
)  # fmt: skip
THINGS = ("Order", "Item", "Account", "Message", "Document", "Event", "Place", "Contract", "Report", "Visit")


PERSON = "Person"


class Names(NamedTuple):
    """What a table and its neighbours are called."""

    area: str
    cls: str
    table: str
    parent: str
    """The table above it."""

    @property
    def module(self) -> str:
        return self.area.lower()


def names() -> Iterator[Names]:
    """All tables: the first is that of people, whom others belong to; those of an area are a tree below its first."""
    for area in AREAS:
        for number, thing in enumerate(THINGS):
            cls, table = area + thing, f"{area}_{thing}s".lower()
            if area == AREAS[0] and number == 0:
                cls, table = PERSON, "people"
            above = area + THINGS[(number - 1) // 2] if number > 2 or (number and area != AREAS[0]) else PERSON
            yield Names(area, cls, table, above)


KINDS = """\
from enum import Enum, IntEnum
from typing import Literal


class Status(Enum):
    OPEN = "open"
    WAITING = "waiting"
    DONE = "done"


class Rank(IntEnum):
    LOW = 1
    HIGH = 2


Kind = Literal["plain", "special", "hidden"]
"""

DOCUMENTS = """\
import msgspec


class Address(msgspec.Struct, frozen=True):
    street: str
    city: str
    country: str = "CH"


class Settings(msgspec.Struct, frozen=True):
    theme: str = "light"
    labels: list[str] = []
    address: Address | None = None
    limits: dict[str, int] = {}
"""

SHARED = """\
import datetime as dt

from qb import Col, Table, column, fn


class Recorded(Table):
    created_at: Col[dt.datetime] = column(default=fn.now())
    updated_at: Col[dt.datetime] = column(default=fn.now(), on_update=fn.now())
"""

TABLES = """\
import datetime as dt
from decimal import Decimal

from qb import Col, column, identity, index, new, patch, pg
from shop.documents import Settings
from shop.kinds import Kind, Rank, Status
from shop.shared import Recorded
$imports"""

TABLE = Template("""

class $cls(Recorded, name="$table"):
    id: Col[${cls}Id] = column(primary_key=True, default=identity())
    owner_id: Col[PersonId$optional] = column(references=$owner, index=True$none)
    parent_id: Col[${parent}Id | None] = column(references=$target, default=None)
    name: Col[str] = column(pg.varchar(80))
    code: Col[str] = column(unique=True)
    status: Col[Status] = column(pg.enum("status", Status), default=Status.OPEN)
    kind: Col[Kind] = column(default="plain")
    rank: Col[Rank] = column(pg.smallint, default=Rank.LOW)
    price: Col[Decimal] = column(pg.numeric(12, 2), check=lambda price: price >= Decimal(0))
    quantity: Col[int] = column(pg.integer, default=1)
    due: Col[dt.date | None] = column(default=None)
    tags: Col[list[str]] = column(default=[])
    settings: Col[Settings] = column(pg.jsonb, default=Settings())
$wide

New$cls = new($cls)
Changed$cls = patch($cls)
${table}_by_name = index("${table}_by_name", $cls.status, $cls.name)
""")

QUERIES = """\
import datetime as dt
from decimal import Decimal

from qb import Col, New, Patch, Select, Shape, alias, case, cte, delete, excluded, exists, fn, insert, many
from qb import maybe, new, patch, prepare, select, update
from qb.typing import Delete, Insert, Returning, Update
from shop.kinds import Rank, Status
$imports

class Total(Shape):
    owner_id: Col[PersonId]
    total: Col[Decimal]
"""

# `$table` is in the functions' names, `$cls` the table, `$parent` the one above it.
STATEMENTS = tuple(
    Template("\n\n" + each.strip() + "\n")
    for each in """
def ${table}_by_id(id: ${cls}Id) -> Select[$cls]:
    return select($cls).where($cls.id == id)

def ${table}_with_parent(since: dt.date) -> Select[tuple[$cls, $parent | None]]:
    late = ($cls.due < since) | $cls.due.is_null()
    return select($cls, maybe($parent)).left_join($parent, on=$parent.id == $cls.parent_id).where(late)

def ${table}_below(parent: ${parent}Id) -> Select[tuple[str, list[$cls]]]:
    below = many($cls, on=$cls.parent_id == $parent.id, order_by=$cls.name)
    return select($parent.name, below).where($parent.id == parent)

def ${table}_in_numbers() -> Select[tuple[Status, int, Decimal | None]]:
    return (
        select($cls.status, fn.count(), fn.sum($cls.price * $cls.quantity))
        .group_by($cls.status)
        .having(fn.count() > 1)
        .order_by(fn.count().desc())
    )

def ${table}_totals() -> Select[Total]:
    total = fn.coalesce(fn.sum($cls.price), Decimal(0))
    return select(fn.coalesce($cls.owner_id, PersonId(0)), total).group_by($cls.owner_id).map(Total)

def add_${table}(name: str, code: str, owner: PersonId) -> Returning[tuple[${cls}Id, dt.datetime]]:
    row = new($cls)(name=name, code=code, owner_id=owner, price=Decimal("1.50"), status=Status.WAITING)
    return insert(row).returning($cls.id, $cls.created_at)

def change_${table}(id: ${cls}Id, changes: Patch[$cls]) -> Returning[$cls]:
    return update($cls).patch(changes).where($cls.id == id).returning($cls)

@prepare
def search_${table}(text: str, rank: Rank | None = None, limit: int = 20) -> Select[$cls]:
    query = select($cls).where($cls.name.ilike(fn.concat("%", text, "%"))).order_by($cls.name).limit(limit)
    if rank is not None:
        query = query.where($cls.rank >= rank)
    return query

def rich_owners_of_${table}() -> Select[tuple[str, Decimal]]:
    sums = cte(
        select(Person.id, fn.coalesce(fn.sum($cls.price), Decimal(0)))
        .join($cls, on=$cls.owner_id == Person.id)
        .group_by(Person.id)
        .map(Total)
    )
    return select(Person.name, sums.total).join(sums, on=sums.owner_id == Person.id).where(sums.total > 1000)

def ${table}_in_city(city: str) -> Select[tuple[${cls}Id, str | None]]:
    theme = $cls.settings.path(lambda settings: settings.theme)
    return select($cls.id, theme).where(
        $cls.settings.path(lambda settings: settings.labels[0]) == city, $cls.tags != [city]
    )

def forget_${table}(before: dt.datetime) -> Delete[$cls]:
    return delete($cls).where($cls.updated_at < before, $cls.status.in_([Status.DONE, Status.WAITING]))

def put_${table}(row: New[$cls]) -> Insert[$cls]:
    return insert(row).on_conflict(
        $cls.code, update=[$cls.name.to(excluded($cls.name)), $cls.quantity.to($cls.quantity + 1)]
    )

def idle_owners_of_${table}() -> Select[str]:
    return select(Person.name).where(~exists(select($cls.id).where($cls.owner_id == Person.id)))

def sizes_of_${table}() -> Select[tuple[str, str, int]]:
    size = case(($cls.quantity > 100, "large"), ($cls.quantity > 10, "middle"), else_="small")
    return select($cls.name, size, fn.length(fn.concat($cls.code, "-", $cls.name))).order_by($cls.id.desc())

def ${table}_and_twins() -> Select[tuple[$cls, str]]:
    twin = alias($cls, "twin")
    return select($cls, twin.code).join(twin, on=(twin.name == $cls.name) & (twin.id > $cls.id))

def close_${table}(owner: PersonId) -> Update[$cls]:
    return (
        update($cls)
        .set($cls.status.to(Status.DONE), $cls.due.to(None), $cls.quantity.to($cls.quantity - 1))
        .where($cls.owner_id == owner, $cls.status != Status.DONE)
    )

def newest_${table}() -> Select[tuple[str, int, dt.datetime]]:
    place = fn.row_number().over(partition_by=$cls.owner_id, order_by=$cls.created_at.desc())
    return select($cls.name, place, $cls.created_at).limit(10)

def board_of_${table}() -> Select[tuple[Person, $cls, $parent]]:
    return (
        select(Person, $cls, $parent)
        .join($cls, on=$cls.owner_id == Person.id)
        .join($parent, on=$parent.id == $cls.parent_id)
        .where($cls.price.between(Decimal(1), Decimal(9)), Person.name.like("A%"))
    )

def months_of_${table}() -> Select[tuple[dt.datetime, int, Decimal]]:
    month = fn.date_trunc("month", $cls.created_at)
    return select(month, fn.count(), fn.coalesce(fn.avg($cls.price), Decimal(0))).group_by(month).order_by(month)

def rename_${table}(id: ${cls}Id, name: str) -> Returning[tuple[str, str | None]]:
    changed = patch($cls)(name=name)
    return update($cls).patch(changed).where($cls.id == id).returning($cls.name, fn.nullif($cls.code, ""))
""".strip().split("\n\n")
)

SETTINGS = Template("""\
[tool.mypy]
strict = true
python_version = "3.11"
files = ["shop"]
mypy_path = "$root"

[tool.pyright]
typeCheckingMode = "strict"
pythonVersion = "3.11"
include = ["shop"]
extraPaths = ["$root"]
""")


WIDE = "StudioVisit"
ANSWERS = "".join(f"    answer_{number:02}: Col[str | None] = column(default=None)\n" for number in range(1, 46))
"""What makes a table of 60 columns of one."""


def write(folder: Path, root: Path) -> None:
    """Write the project; `root` is where qb is."""
    shop = folder / "shop"
    for room in (shop, shop / "tables", shop / "queries"):
        room.mkdir(parents=True)
        (room / "__init__.py").write_text("")
    (folder / "pyproject.toml").write_text(SETTINGS.substitute(root=root))
    every = list(names())
    lines = ["from typing import NewType", "", *(f'{each.cls}Id = NewType("{each.cls}Id", int)' for each in every)]
    texts = {"ids": "\n".join(lines) + "\n", "kinds": KINDS, "documents": DOCUMENTS, "shared": SHARED}
    for area in AREAS:
        some = [each for each in every if each.area == area]
        texts[f"tables/{area.lower()}"] = _with_imports(TABLES, "".join(map(_table, some)), every, area)
        statements = (
            statement.substitute(each._asdict())
            for number, each in enumerate(some)
            for statement in STATEMENTS[2 * number : 2 * number + 2]
        )
        texts[f"queries/{area.lower()}"] = _with_imports(QUERIES, "".join(statements), every, "")
    for name, text in texts.items():
        (shop / f"{name}.py").write_text(text)


def _table(each: Names) -> str:
    first = each.cls == each.parent
    wide = ANSWERS if each.cls == WIDE else ""
    return TABLE.substitute(
        each._asdict(),
        optional=" | None" if first else "",
        none=", default=None" if first else "",
        owner="lambda: Person.id" if first else "Person.id",
        target="lambda: Person.id" if first else f"{each.parent}.id",
        wide=wide,
    )


def _with_imports(head: str, body: str, every: list[Names], here: str) -> str:
    """A module: what it begins with, the ids and tables that it names, and the rest."""
    used = set(re.findall(r"\b[A-Z]\w+", head + body))
    imports = {"ids": [f"{each.cls}Id" for each in every if f"{each.cls}Id" in used]}
    for each in every:
        if each.cls in used and each.area != here:
            imports.setdefault(f"tables.{each.module}", []).append(each.cls)
    lines = "".join(f"from shop.{module} import {', '.join(some)}\n" for module, some in imports.items())
    return Template(head).substitute(imports=lines) + body
