"""DDL as text: golden files to be read, and every kind of literal and name against the real server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import DefinitionError, Script, create_all, drop_all, pg, schema
from qb.render.literals import dollar_quoted, string_literal, value_literal
from qb.tree.expressions import Bind
from qb.typing import Schema
from tests.render import ddl_schemas

GOLDEN = Path(__file__).parents[2] / "golden" / "ddl"


@pytest.mark.parametrize("name", list(ddl_schemas.ALL))
@pytest.mark.parametrize("kind", ["create", "create_if_not_exists", "drop", "drop_if_exists_cascade"])
def test_golden(name: str, kind: str) -> None:
    written = str(script(ddl_schemas.ALL[name], kind)) + "\n"
    file = GOLDEN / f"{name}.{kind}.sql"
    if os.environ.get("QB_REFRESH"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written, encoding="utf-8", newline="\n")
    assert file.read_text(encoding="utf-8") == written, "run `make golden`, and read the difference"


def script(of: Schema, kind: str) -> Script:
    match kind:
        case "create":
            return create_all(of)
        case "create_if_not_exists":
            return create_all(of, if_not_exists=True)
        case "drop":
            return drop_all(of)
        case _:
            return drop_all(of, if_exists=True, cascade=True)


def test_a_script_is_a_value() -> None:
    one, other = create_all(ddl_schemas.circle), create_all(ddl_schemas.circle)
    assert one == other
    assert hash(one) == hash(other)
    assert one != drop_all(ddl_schemas.circle)
    assert repr(one) == "<script of 3 statements>"
    assert Script().statements == ()
    assert str(create_all(schema())) == ""


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("", "''"),
        ("it's", "'it''s'"),
        ("a\\'b", "E'a\\\\''b'"),
        ("é\n\t😀", "'é\n\t😀'"),
        ("$$ -- ; /*", "'$$ -- ; /*'"),
    ],
)
def test_string_literals(text: str, literal: str) -> None:
    assert string_literal(text) == literal


def test_nul_is_refused() -> None:
    with pytest.raises(DefinitionError, match="NUL"):
        string_literal("a\0")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Bind(None, pg.text), "NULL::text"),
        (Bind(True, pg.boolean), "true"),
        (Bind([True, None], pg.array(pg.boolean)), "'{\"t\",NULL}'::boolean[]"),
        (Bind(-5, pg.bigint), "-5"),
        (Bind(3_000_000_000, pg.bigint), "'3000000000'::bigint"),
        (Bind("x", pg.varchar(3)), "'x'::varchar"),
        (Bind(["x"], pg.jsonb), "'[\"x\"]'::jsonb"),
    ],
)
def test_value_literals(value: Bind, expected: str) -> None:
    assert value_literal(value) == expected


def test_a_default_of_an_integer_is_plain() -> None:
    assert value_literal(Bind(-5, pg.bigint)) == "-5"
    assert value_literal(Bind([5], pg.array(pg.bigint))) == "'{\"5\"}'::bigint[]"


def test_a_value_that_does_not_fit() -> None:
    wrong: Any = object()
    with pytest.raises(DefinitionError, match=r"t\.x does not fit bigint"):
        value_literal(Bind(wrong, pg.bigint, "t.x"))


@given(st.text(st.sampled_from("$qb1 "), max_size=12))
def test_dollar_quotes_end_where_they_should(body: str) -> None:
    quoted = dollar_quoted(body)
    tag = quoted[: quoted.index("$", 1) + 1]
    assert quoted.startswith(tag)
    # The first place where the tag appears again is the end.
    assert quoted.index(tag, len(tag)) == len(quoted) - len(tag)
