"""Collations, text search configurations and extensions: declared, read back, used, altered, dropped, refused."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from qb import (
    Col,
    DefinitionError,
    Success,
    Table,
    Target,
    Tx,
    check,
    collation,
    column,
    compile,
    create_all,
    drop_all,
    extension,
    index,
    insert,
    namespace,
    new,
    pg,
    schema,
    select,
    sql,
    text_search_configuration,
    undone,
)
from qb.ddl.operation import Alter, Comment
from qb.render.ddl.script import planned
from tests.render.ddl_schemas import HOSTILE

plain = collation(f"c{HOSTILE}", schema=f"s{HOSTILE}", provider="builtin", locale="C.UTF-8", comment=HOSTILE)
copied = collation("copied", copy="C")
local = collation("local", provider="libc", lc_collate="C", lc_ctype="C")
whole = collation("whole", locale="C")
german = collation("german", provider="icu", locale="de-u-ks-level2", deterministic=False, rules="&a < b")


class City(Table, name="cities of collations"):
    name: Col[str] = column(pg.text.collate(plain), primary_key=True)
    others: Col[list[str]] = column(pg.array(pg.varchar(9).collate(copied)), default=[])


by_local = index("cities_local_idx", City.name.collate(local))
ordered = check("cities_check", City.name.collate(whole) > "A")
described = schema(City, by_local, ordered, local, whole)
COLLATIONS = """
SELECT collname::text, collprovider::text, obj_description(oid, 'pg_collation') FROM pg_collation
WHERE oid >= 16384 ORDER BY collname COLLATE "C"
"""


def test_collations(qb_tx: Tx) -> None:
    assert described == schema(whole, local, ordered, by_local, City, plain, copied)
    qb_tx.run(create_all(described)).unwrap()
    found = sql(COLLATIONS).rows(tuple[str, str, str | None])
    assert qb_tx.all(found) == Success(
        [(f"c{HOSTILE}", "b", HOSTILE), ("copied", "c", None), ("local", "c", None), ("whole", "c", None)]
    )
    qb_tx.execute(insert(*(new(City)(name=each) for each in ("b", "a", "Z")))).unwrap()
    assert qb_tx.all(select(City.name).order_by(City.name)) == Success(["Z", "a", "b"])
    assert qb_tx.all(select(City.name).order_by(City.name.collate(local).desc())) == Success(["b", "a", "Z"])
    qb_tx.run(create_all(described, if_not_exists=True)).unwrap()
    qb_tx.run(drop_all(described)).unwrap()
    assert qb_tx.all(found) == Success([])


def test_collations_as_text() -> None:
    assert create_all(schema(german)).statements == (
        (
            "CREATE COLLATION \"german\" (provider = icu, locale = 'de-u-ks-level2', deterministic = false, "
            "rules = '&a < b')"
        ),
    )
    with pytest.raises(DefinitionError, match="german: the rules of a collation came with PostgreSQL 16"):
        create_all(schema(german), target=Target(15))
    assert pickle.loads(pickle.dumps(pg.text.collate(plain))) == pg.text.collate(plain)
    assert '"copied"' in str(compile(select(City.name.collate(copied))))
    theirs = collation("theirs", external=True)
    assert create_all(schema(theirs)).statements == ()


names = text_search_configuration(
    f"t{HOSTILE}",
    copy="english",
    mappings={"asciiword": ["simple"], "word": ["english_stem", "simple"]},
)
bare = text_search_configuration("bare", schema="find", parser="default", mappings={"numword": ["simple"]})
MAPPINGS = """
SELECT c.cfgname::text, t.alias, array_agg(d.dictname::text ORDER BY m.mapseqno)
FROM pg_ts_config c JOIN pg_ts_config_map m ON m.mapcfg = c.oid JOIN pg_ts_dict d ON d.oid = m.mapdict,
LATERAL (SELECT alias FROM ts_token_type(c.cfgparser) t WHERE t.tokid = m.maptokentype) t
WHERE c.oid >= 16384 AND t.alias IN ('asciiword', 'word', 'numword', 'email') GROUP BY 1, 2 ORDER BY 1, 2
"""


def test_text_search_configurations(qb_tx: Tx) -> None:
    both = schema(names, bare)
    qb_tx.run(create_all(both)).unwrap()
    found = sql(MAPPINGS).rows(tuple[str, str, list[str]])
    assert qb_tx.all(found) == Success(
        [
            ("bare", "numword", ["simple"]),
            (f"t{HOSTILE}", "asciiword", ["simple"]),
            (f"t{HOSTILE}", "email", ["simple"]),
            (f"t{HOSTILE}", "numword", ["simple"]),
            (f"t{HOSTILE}", "word", ["english_stem", "simple"]),
        ]
    )
    other = text_search_configuration("bare", schema="find", parser="default", mappings={"word": ["english_stem"]})
    change = Alter(bare, other)
    qb_tx.run(planned([change, Comment(bare, "x")], Target())).unwrap()
    assert qb_tx.all(found).unwrap()[0] == ("bare", "word", ["english_stem"])
    assert change.inverse is not None
    qb_tx.run(planned([change.inverse], Target())).unwrap()
    assert qb_tx.all(found).unwrap()[0] == ("bare", "numword", ["simple"])
    qb_tx.run(drop_all(both)).unwrap()
    assert qb_tx.all(found) == Success([])
    with pytest.raises(DefinitionError, match="cannot go back to what 'english' makes of 'asciiword': say its"):
        Alter(names, text_search_configuration(names.name, copy="english"))


def test_extensions_in_a_schema(qb_tx: Tx) -> None:
    vectors = extension("vector", schema=f"e{HOSTILE}", comment=HOSTILE)
    made = create_all(schema(vectors))
    assert made.statements[1] == f'CREATE EXTENSION IF NOT EXISTS "vector" WITH SCHEMA {made.statements[0][28:]}'
    qb_tx.run(made).unwrap()
    where = "SELECT extnamespace::regnamespace::text, obj_description(oid, 'pg_extension') FROM pg_extension "
    found = sql(where + "WHERE extname = 'vector'").rows(tuple[str, str])
    there = qb_tx.one(found).unwrap()
    assert there[1] == HOSTILE
    qb_tx.run(create_all(schema(namespace("elsewhere")))).unwrap()
    change = Alter(vectors, extension("vector", schema="elsewhere", comment=HOSTILE))
    qb_tx.run(planned([change], Target())).unwrap()
    assert qb_tx.one(found) == Success(("elsewhere", HOSTILE))
    qb_tx.run(drop_all(schema(vectors), extensions=["vector"])).unwrap()
    assert qb_tx.all(found) == Success([])


def test_extensions_as_text() -> None:
    whole = extension("postgis", schema="gis", version="3.4", cascade=True)
    assert create_all(schema(whole)).statements == (
        'CREATE SCHEMA IF NOT EXISTS "gis"',
        'CREATE EXTENSION IF NOT EXISTS "postgis" WITH SCHEMA "gis" VERSION \'3.4\' CASCADE',
    )
    assert schema(whole, extensions=["postgis"]) == schema(whole)
    assert schema(whole).extensions == ("postgis",)
    newer = Alter(extension("hstore", version="1.7"), extension("hstore", version="1.8"))
    assert planned([newer], Target()).statements == ("ALTER EXTENSION \"hstore\" UPDATE TO '1.8'",)
    assert create_all(schema(extension("hstore", external=True))).statements == ()
    assert undone(create_all(schema(whole)).operations) is None


anything: Any = collation
MISTAKES: list[tuple[Any, str]] = [
    (lambda: collation("", locale="C"), "a collation has an empty name"),
    (lambda: collation("c"), "the collation 'c' is made of a locale, of lc_collate and lc_ctype, or as a copy: say"),
    (lambda: collation("c", locale="C", copy="C"), "the collation 'c' is made of a locale"),
    (lambda: collation("c", lc_collate="C"), "the collation 'c': lc_collate and lc_ctype come together"),
    (lambda: anything("c", locale="C", provider="x"), "the collation 'c': provider is icu, libc or builtin, not 'x'"),
    (lambda: collation("c", locale=""), "the collation 'c': locale is a text such as"),
    (
        lambda: collation("c", locale="C", deterministic=False),
        "the collation 'c': deterministic=False and rules=",
    ),
    (
        lambda: text_search_configuration("t"),
        "the text search configuration 't' is a copy of another one",
    ),
    (lambda: text_search_configuration("t", copy="a", parser="b"), "the text search configuration 't' is a copy of"),
    (
        lambda: text_search_configuration("t", copy="simple", mappings={"word": []}),
        "the text search configuration 't': 'word' goes through no dictionary: name one, or leave it out",
    ),
    (
        lambda: text_search_configuration("t", copy="simple", mappings={"word": "simple"}),
        r"the text search configuration 't': 'word' goes through a list of dictionaries: write \['simple'\]",
    ),
    (lambda: extension(""), "an extension has an empty name"),
    (lambda: extension("x", version=""), "the extension 'x': version is a text such as '1.6', not ''"),
    (lambda: schema(extension("x"), extension("x", schema="y")), "the extension x is declared twice, in two ways"),
    (lambda: Alter(extension("x", schema="y"), extension("x")), "extension x goes to a schema that is said"),
]


@pytest.mark.parametrize(("define", "text"), MISTAKES, ids=[text[:40] for _, text in MISTAKES])
def test_mistakes(define: Any, text: str) -> None:
    with pytest.raises(DefinitionError, match=text):
        define()
