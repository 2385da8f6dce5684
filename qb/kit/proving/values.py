"""Values for the columns of a table, as SQL: of their types, and different for each row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from qb.kit.facts.column import ColumnFact
from qb.kit.facts.type import CompositeFact, DomainFact, EnumFact, RangeFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.qualified import parts as name_parts
from qb.model.object import Identity
from qb.render.literals import string_literal
from qb.types.identifier import quoted

_LIMIT: Final = re.compile(r"\((\d+)(?:,(-?\d+))?\)")
_PLAIN: Final = {
    "smallint": "(n % 30000)::smallint",
    "integer": "n::integer",
    "bigint": "n::bigint",
    "real": "(n + 0.5)::real",
    "double precision": "(n + 0.25)::double precision",
    "boolean": "(n % 2 = 0)",
    "text": "('it''s \\ ' || n)",
    "bytea": "pg_catalog.decode(pg_catalog.md5(n::text), 'hex')",
    "uuid": "pg_catalog.md5(n::text)::uuid",
    "date": "(DATE '2026-01-01' + n::integer)",
    "timestamp without time zone": "(TIMESTAMP '2026-01-01 00:00' + n * INTERVAL '1 hour')",
    "timestamp with time zone": "(TIMESTAMPTZ '2026-01-01 00:00+00' + n * INTERVAL '1 hour')",
    "time without time zone": "(TIME '00:00' + n * INTERVAL '1 minute')",
    "time with time zone": "(TIME '00:00' + n * INTERVAL '1 minute')::timetz",
    "interval": "(n * INTERVAL '1 minute')",
    "json": "pg_catalog.json_build_object('n', n)",
    "jsonb": "pg_catalog.jsonb_build_object('n', n)",
    "inet": "('10.0.0.0'::inet + n)",
    "cidr": "pg_catalog.set_masklen(('10.0.0.0'::inet + n)::cidr, 32)",
    "macaddr": "('08:00:2b:01:02:' || pg_catalog.lpad(pg_catalog.to_hex(n % 256), 2, '0'))::macaddr",
    "macaddr8": "('08:00:2b:01:02:03:04:' || pg_catalog.lpad(pg_catalog.to_hex(n % 256), 2, '0'))::macaddr8",
    "money": "n::integer::money",
    "xml": "('<n>' || n || '</n>')::xml",
    "tsvector": "('n' || n)::tsvector",
    "tsquery": "('n' || n)::tsquery",
    "point": "pg_catalog.point(n, n)",
    "name": "('n' || n)::name",
    "oid": "n::oid",
    '"char"': "'x'::\"char\"",
    "jsonpath": "'$.n'::jsonpath",
    "pg_lsn": "('0/' || pg_catalog.to_hex(n))::pg_lsn",
    "box": "pg_catalog.box(pg_catalog.point(n, n), pg_catalog.point(n + 1, n + 1))",
    "circle": "pg_catalog.circle(pg_catalog.point(n, n), 1)",
    "line": "'{1,2,3}'::line",
    "lseg": "'[(0,0),(1,1)]'::lseg",
    "path": "'((0,0),(1,1))'::path",
    "polygon": "'((0,0),(1,1),(1,0))'::polygon",
}
_OF_EXTENSIONS: Final = {
    "citext": "('It''s \\ ' || n)",
    "hstore": "('n=>' || n)",
    "ltree": "('n.n' || n)",
    "lquery": "('n.n' || n)",
    "ltxtquery": "('n' || n)",
    "cube": "('(' || n || ')')",
    "seg": "n::text",
}
"""By name, in whatever schema the extension is."""
_GEOMETRY: Final = re.compile(r"(?:^|\.)geo(?:metry|graphy)(?:\((\w+)(?:,(\d+))?\))?$")
_SHAPES: Final = {
    **dict.fromkeys(("point", "geometry"), "'POINT(' || n % 80 || ' 1)'"),
    "linestring": "'LINESTRING(0 0, ' || n % 80 + 1 || ' 1)'",
    "polygon": "'POLYGON((0 0, 0 1, ' || n % 80 + 1 || ' 1, 0 0))'",
    "multipoint": "'MULTIPOINT(' || n % 80 || ' 1)'",
}
_RANGES: Final = {
    "int4range": "integer",
    "int8range": "bigint",
    "numrange": "numeric",
    "daterange": "date",
    "tsrange": "timestamp without time zone",
    "tstzrange": "timestamp with time zone",
}


def typed_value(type_: str, parts: CatalogParts, pool: Sequence[str] = ()) -> str | None:
    """An expression of the number `n` of a row. `pool` are texts to choose from; None where nothing is known.

    >>> from qb.kit.catalog import Catalog
    >>> typed_value("character varying(3)", CatalogParts(Catalog({}, {})))
    "pg_catalog.right('it''s ' || n, 3)::character varying(3)"
    """
    if type_.endswith("[]"):
        inner = typed_value(type_[:-2], parts, pool)
        return None if inner is None else f"ARRAY[{inner}]::{type_}"
    if pool:
        listed = ", ".join(map(string_literal, pool))
        return f"((ARRAY[{listed}])[n % {len(pool)} + 1])::{type_}"
    limit = _LIMIT.search(type_)
    plain = " ".join(_LIMIT.sub(" ", type_).split())
    if plain in ("character varying", "character", "varchar"):
        size = int(limit[1]) if limit else 20
        return f"pg_catalog.right('it''s ' || n, {size})::{type_}"
    if plain == "numeric":
        most = 10 ** max(0, int(limit[1]) - int(limit[2] or 0)) if limit else 10**6
        return f"(n % {max(1, min(most, 10**6))})::{type_}"
    if plain in ("bit", "bit varying"):
        return f"pg_catalog.repeat('1', {limit[1] if limit else 1})::{type_}"
    if plain in _PLAIN:
        return f"{_PLAIN[plain]}::{type_}" if limit else _PLAIN[plain]
    if plain in _RANGES:
        return _range(_RANGES[plain], plain, parts)
    return _own(type_, parts)


def _own(type_: str, parts: CatalogParts) -> str | None:
    schema, name = name_parts(type_)
    if name == "vector" or type_.partition("(")[0].endswith("vector"):
        found = _LIMIT.search(type_)
        size = found[1] if found else "3"
        return f"('[' || pg_catalog.array_to_string(pg_catalog.array_fill(n, ARRAY[{size}]), ',') || ']')::{type_}"
    if (placed := _GEOMETRY.search(type_)) is not None:
        shape, number = (placed[1] or "point").lower(), placed[2]
        text, system = _SHAPES.get(shape), f"'SRID={number};' || " if number else ""
        return None if text is None else f"({system}{text})::{type_}"
    if name in _OF_EXTENSIONS:
        return f"{_OF_EXTENSIONS[name]}::{type_}"
    for kind in ("enum", "domain", "composite type", "range"):
        fact = parts.get(Identity(kind, schema, "", name))
        match fact:
            case EnumFact(labels=labels) if labels:
                return typed_value(type_, parts, labels)
            case DomainFact(base=base):
                inner = typed_value(base, parts, _labels(Identity(kind, schema, "", name), parts))
                return None if inner is None else f"({inner})::{type_}"
            case CompositeFact():
                values = [typed_value(each.type, parts) for _, each in parts.columns(schema, name)]
                return None if None in values else f"ROW({', '.join(filter(None, values))})::{type_}"
            case RangeFact(subtype=subtype):
                return _range(subtype, type_, parts)
            case _:
                pass
    return None


def _range(subtype: str, type_: str, parts: CatalogParts) -> str | None:
    low, high = typed_value(subtype, parts), typed_value(subtype, parts)
    if low is None or high is None:
        return None
    high = re.sub(r"\bn\b", "(n + 1)", high)
    return f"pg_catalog.format('[%s,%s)', {_inner(low)}, {_inner(high)})::{type_}"


def _inner(value: str) -> str:
    return f"pg_catalog.quote_ident(({value})::text)"


def _labels(domain: Identity, parts: CatalogParts) -> list[str]:
    found: list[str] = []
    for each in parts.within(domain.schema, domain.name):
        if each.kind == "check":
            found += literals_of(getattr(parts.get(each), "definition", ""))
    return found


_LITERAL: Final = re.compile(r"'((?:[^']|'')*)'::(?!interval|regex)")
_NUMBER: Final = re.compile(r"(?<![\w.'])(-?\d{1,9})(?![\w.'])")


def literals_of(definition: str) -> list[str]:
    """The texts that a condition names.

    >>> literals_of("CHECK ((state = ANY (ARRAY['a'::text, 'it''s'::text])))")
    ['a', "it's"]
    """
    return list(dict.fromkeys(each.replace("''", "'") for each in _LITERAL.findall(definition)))


def written_column(identity: Identity, fact: ColumnFact) -> bool:
    """Whether one says a value for a column."""
    return not fact.generated and fact.identity != "always" and bool(quoted(identity.name))
