"""What values of PostgreSQL's types are in the JSON that PostgREST gives, as TypeScript."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Final, NamedTuple

from qb.kit.catalog import Catalog
from qb.kit.facts.function import FunctionFact
from qb.kit.facts.type import CompositeFact, DomainFact, EnumFact
from qb.kit.qualified import parts
from qb.model.object import Identity
from qb.types.identifier import unquoted

_MODIFIER: Final = re.compile(r"\([\d,\s-]*\)")
_NUMBERS: Final = ("smallint", "integer", "bigint", "real", "double precision", "numeric", "oid")
_TEXTS: Final = (
    *("text", "character varying", "character", '"char"', "name", "uuid", "bytea", "date", "interval", "money", "inet"),
    *("cidr", "macaddr", "macaddr8", "bit", "bit varying", "xml", "tsvector", "tsquery", "jsonpath", "pg_lsn"),
    *("timestamp without time zone", "timestamp with time zone", "time without time zone", "time with time zone"),
    *("int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange"),
    *("int4multirange", "int8multirange", "nummultirange", "datemultirange", "tsmultirange", "tstzmultirange"),
    *("regclass", "regproc", "regtype"),
)
_OF_EXTENSIONS: Final = ("citext", "vector", "halfvec", "sparsevec", "ltree", "lquery", "cube")
_PLAIN: Final = {
    **dict.fromkeys(_NUMBERS, "number"),
    **dict.fromkeys(_TEXTS, "string"),
    "boolean": "boolean",
    "json": "Json",
    "jsonb": "Json",
    "void": "undefined",
    "record": "Record<string, unknown>",
}


class TypeScriptTypes:
    """What types are, of one catalog. `shown` are the schemas that stand in the file."""

    def __init__(self, catalog: Catalog, shown: Collection[str]) -> None:
        self.catalog: Catalog = catalog
        self.shown: Collection[str] = shown

    def of(self, type_: str) -> str:
        """A type as the server writes it, `numeric(6,2)[]`, without NULL."""
        dimensions = 0
        while type_.endswith("[]"):
            type_, dimensions = type_[:-2], dimensions + 1
        found = self._one(type_)
        if dimensions and " | " in found:
            found = f"({found})"
        return found + "[]" * dimensions

    def _one(self, type_: str) -> str:
        plain = " ".join(_MODIFIER.sub(" ", type_).split())
        if plain in _PLAIN:
            return _PLAIN[plain]
        schema, name = parts(plain)
        match self._known(schema, name):
            case EnumFact(labels=labels) if schema in self.shown:
                return in_database(schema, "Enums", name) if labels else "never"
            case EnumFact(labels=labels):
                return ts_union(labels)
            case DomainFact(base=base):
                return self.of(base)
            case CompositeFact() if schema in self.shown:
                return in_database(schema, "CompositeTypes", name)
            case _:
                pass
        for kind, group in (("table", "Tables"), ("view", "Views"), ("materialized view", "Views")):
            if schema in self.shown and Identity(kind, schema, "", name) in self.catalog:
                return f'{in_database(schema, group, name)}["Row"]'
        return "string" if name in _OF_EXTENSIONS else "unknown"

    def _known(self, schema: str, name: str) -> object:
        for kind in ("enum", "domain", "composite type"):
            if (fact := self.catalog.get(Identity(kind, schema, "", name))) is not None:
                return fact
        return None


def in_database(schema: str, group: str, name: str) -> str:
    """A place in the type of the database: `Database["public"]["Enums"]["mood"]`."""
    return f"Database[{ts_text(schema)}][{ts_text(group)}][{ts_text(name)}]"


def ts_union(labels: Collection[str]) -> str:
    """One of some texts."""
    return " | ".join(map(ts_text, labels)) or "never"


def ts_text(value: str) -> str:
    """A text of TypeScript.

    >>> print(ts_text('it\\'s "50%"'))
    "it's \\"50%\\""
    """
    # The separators of lines are legal in texts since ES2019 alone.
    return json.dumps(value, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)


def ts_key(name: str) -> str:
    """The name of a member, in quotes where it needs them."""
    return name if _NAME.fullmatch(name) else ts_text(name)


class TsArgument(NamedTuple):
    """An argument of a function, or a column of what it gives."""

    name: str
    type: str
    optional: bool = False
    out: bool = False
    given: bool = True
    """Whether one gives it."""


_MODES: Final = {"IN": (False, True), "OUT": (True, False), "INOUT": (True, True), "VARIADIC": (False, True)}


def ts_arguments(fact: FunctionFact) -> list[TsArgument] | None:
    """The arguments of a function; None where one has no name, so that nobody could give it in JSON."""
    if fact.unnamed:
        return None
    found: list[TsArgument] = []
    for each in pieces_between(fact.arguments):
        said = each.strip()
        mode, _, rest = said.partition(" ")
        out, given = False, True
        if mode in _MODES and rest:
            (out, given), said = _MODES[mode], rest.strip()
        name, type_ = _split_name(said)
        before, default, _ = _default(type_)
        found.append(TsArgument(name, before.strip(), bool(default), out, given))
    return found


def _default(type_: str) -> tuple[str, str, str]:
    quoted = False
    for place, sign in enumerate(type_):
        quoted = quoted != (sign == '"')
        if not quoted and type_.startswith(" DEFAULT ", place):
            return type_[:place], " DEFAULT ", type_[place + 9 :]
    return type_, "", ""


def table_columns(returns: str) -> list[TsArgument] | None:
    """The columns of `TABLE(a integer, b text)`; None of another type."""
    if not (returns.startswith("TABLE(") and returns.endswith(")")):
        return None
    return [TsArgument(*_split_name(each.strip())) for each in pieces_between(returns[6:-1])]


def _split_name(said: str) -> tuple[str, str]:
    if said.startswith('"'):
        end = re.match(r'"(?:[^"]|"")*"', said)
        if end is not None:
            return unquoted(end[0]), said[end.end() :].strip()
    name, _, type_ = said.partition(" ")
    return unquoted(name), type_.strip()


def pieces_between(listed: str) -> list[str]:
    """What stands between the commas of a list, those in brackets and quotes left alone."""
    found, depth, quote = [""], 0, ""
    for sign in listed:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif sign == "," and not depth:
            found.append("")
            continue
        found[-1] += sign
    return [each for each in found if each.strip()]
