"""Diagrams of real systems and of names that mean something to those who draw them."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from qb import Script, Tx, matching, trusted
from qb.errors import DefinitionError
from qb.kit import Catalog, canonical, erd, introspect
from qb.kit.drawn.layout import Rectangle, laid_out
from qb.kit.drawn.picture import picture
from tables import archetype, chronos, pivotal, promptliano, supabase_chat

SVG = "{http://www.w3.org/2000/svg}"
SYSTEMS = {
    "archetype": archetype.schema,
    "chronos": chronos.schema,
    "pivotal": pivotal.schema,
    "promptliano": promptliano.schema,
    "supabase_chat": supabase_chat.schema,
}


def texts(diagram: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(diagram).iter(f"{SVG}text")]


def apart(one: Rectangle, other: Rectangle) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return beside or one.y + one.height <= other.y or other.y + other.height <= one.y


@pytest.mark.slow
@pytest.mark.parametrize("name", SYSTEMS)
def test_every_table_and_every_reference_of_a_system_is_there(name: str) -> None:
    catalog = canonical(SYSTEMS[name]).unwrap()
    drawn = picture(catalog)
    tables = [each for group in drawn.groups.values() for each in group]
    shown = erd(catalog, "svg")
    for table in tables:
        assert table.identity.name in texts(shown)
        assert f'["{table.identity.title}"]' in erd(catalog)
        assert f"<b>{table.identity.name}</b>" in erd(catalog, "dot")
    assert shown.count('class="reference') == len(drawn.references)
    assert erd(catalog).count("--") == len(drawn.references)
    assert erd(catalog, "dot").count(" -> ") == len(drawn.references)


@pytest.mark.slow
@pytest.mark.parametrize("name", SYSTEMS)
def test_no_table_is_drawn_on_another_or_out_of_its_group(name: str) -> None:
    drawn = picture(canonical(SYSTEMS[name]).unwrap())
    places = laid_out(drawn)
    for group, tables in drawn.groups.items():
        around = places.groups[group]
        boxes = [places.tables[each.identity] for each in tables]
        assert all(around.x < box.x and box.x + box.width < around.x + around.width for box in boxes)
        assert all(around.y < box.y and box.y + box.height < around.y + around.height for box in boxes)
        assert around.x + around.width < places.width
        assert around.y + around.height < places.height
    for boxes in (list(places.tables.values()), list(places.groups.values())):
        assert all(apart(one, other) for one in boxes for other in boxes if one is not other)


@pytest.mark.slow
def test_of_many_tables_the_keys_alone_are_drawn() -> None:
    catalog = canonical(archetype.schema).unwrap()
    assert len(erd(catalog)) < len(erd(catalog, columns="all")) * 2 / 3
    assert len(erd(catalog)) < 50_000, "which is the most that Mermaid takes"
    some = picture(catalog, matching(schemas=["auth"]))
    assert list(some.groups) == ["auth"]
    assert {each.more for each in some.groups["auth"]} == {0}


SHOP = """
CREATE SCHEMA drawn; SET LOCAL search_path = drawn;
CREATE TABLE customers (id bigint PRIMARY KEY, email varchar(80) UNIQUE, manager bigint REFERENCES customers);
CREATE TABLE cards (customer bigint PRIMARY KEY REFERENCES customers, since timestamp(3) with time zone NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL REFERENCES customers, at date)
"""


def read(tx: Tx, statements: str) -> Catalog:
    tx.run(Script(trusted(statements))).unwrap()
    return introspect(tx).unwrap().where(lambda identity, _: identity.schema == "drawn")


def test_how_many_rows_point_to_how_many(qb_tx: Tx) -> None:
    assert erd(read(qb_tx, SHOP)).splitlines() == [
        "erDiagram",
        "    direction LR",
        "    %% drawn",
        '    t1["drawn.cards"] {',
        "        bigint customer PK, FK",
        "        timestamptz(3) since",
        "    }",
        '    t2["drawn.customers"] {',
        "        bigint id PK",
        "        varchar(80) email UK",
        "        bigint manager FK",
        "    }",
        '    t3["drawn.orders"] {',
        "        bigint id PK",
        "        bigint customer FK",
        "        date at",
        "    }",
        '    t1 |o--|| t2 : "customer"',
        '    t2 }o--o| t2 : "manager"',
        '    t3 }o--|| t2 : "customer"',
        "    classDef g0 fill:#e7f0fb,stroke:#3b6fb5,color:#1f2328",
        "    class t1,t2,t3 g0",
    ]


def test_partitions_are_not_drawn(qb_tx: Tx) -> None:
    parts = "CREATE SCHEMA drawn; CREATE TABLE drawn.a (id int) PARTITION BY LIST (id)"
    drawn = picture(read(qb_tx, f"{parts}; CREATE TABLE drawn.b PARTITION OF drawn.a DEFAULT"))
    assert [each.identity.name for each in drawn.groups["drawn"]] == ["a"]


HOSTILE = 'a "b" <i> & \\ {c} [d] `e` %% #35; ]]> \'Ä\x01\n--||'


def test_names_that_mean_something_to_who_draws_them(qb_tx: Tx) -> None:
    name = HOSTILE.replace('"', '""')
    made = (
        f'CREATE SCHEMA drawn; CREATE TABLE drawn."{name}" ("{name}" int PRIMARY KEY, "2 x" int REFERENCES '
        f'drawn."{name}"); COMMENT ON TABLE drawn."{name}" IS \'{HOSTILE.replace(chr(39), chr(39) * 2)}\'; '
        f'COMMENT ON COLUMN drawn."{name}"."2 x" IS \'{HOSTILE.replace(chr(39), chr(39) * 2)}\''
    )
    catalog = read(qb_tx, made)
    shown = HOSTILE.replace("\x01", "\ufffd")
    assert shown in texts(erd(catalog, "svg"))
    text = erd(catalog)
    assert re.fullmatch(r'    t1\["[^"\\<>{}%`\x00-\x1f]*"\] \{', text.splitlines()[3])
    assert re.fullmatch(r"        integer [\w\[\]-]+ PK", text.splitlines()[4])
    assert re.fullmatch(r'        integer _2_x FK "[^"\\<>{}%`\x00-\x1f]*"', text.splitlines()[5])
    assert text.count("\n") == 10
    graph = erd(catalog, "dot")
    assert "<b>a &quot;b&quot; &lt;i&gt; &amp; \\ {c} [d] `e` %% #35; ]]&gt; &#x27;Ä\ufffd --||</b>" in graph
    assert '"\n' not in re.sub(r'"(?:[^"\\\n]|\\.)*"', "", graph)


def test_a_database_without_tables(qb_tx: Tx) -> None:
    empty = read(qb_tx, "CREATE SCHEMA drawn")
    assert texts(erd(empty, "svg")) == []
    assert erd(empty) == "erDiagram\n    direction LR\n"
    assert erd(empty, "dot").endswith("}\n")


def test_a_format_that_is_none() -> None:
    with pytest.raises(DefinitionError, match="erd: there is no format 'png': mermaid, dot, svg"):
        erd(Catalog({}, {}), "png")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
