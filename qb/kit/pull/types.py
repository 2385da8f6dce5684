"""Types of columns as Python writes them: what their values are, and what `column` takes."""

from __future__ import annotations

import re
from typing import Final

from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.facts.type import BaseTypeFact, EnumFact
from qb.kit.pull.book import Book
from qb.kit.pull.source import Code, call, literal, text, using
from qb.kit.qualified import parts
from qb.model.object import Identity

_LIMITS: Final = re.compile(r"\(([^()\"]*)\)(?=[^\"]*$)")

_FOLLOWS: Final = {
    "bool": ("bool", "boolean"),
    "int8": ("int", "bigint"),
    "float8": ("float", "double_precision"),
    "numeric": ("Decimal", "numeric"),
    "text": ("str", "text"),
    "bytea": ("bytes", "bytea"),
    "uuid": ("UUID", "uuid"),
    "date": ("dt.date", "date"),
    "time": ("dt.time", "time"),
    "timestamptz": ("dt.datetime", "timestamptz"),
    "interval": ("dt.timedelta", "interval"),
    "jsonb": ("msgspec.Raw", "jsonb"),
}
"""Types that follow from an annotation."""

_STATED: Final = {
    "int2": ("int", "smallint"),
    "int4": ("int", "integer"),
    "float4": ("float", "real"),
    "varchar": ("str", "varchar"),
    "bpchar": ("str", "bpchar"),
    "timestamp": ("dt.datetime", "timestamp"),
    "json": ("msgspec.Raw", "json"),
    "inet": ("IPv4Interface | IPv6Interface", "inet"),
    "cidr": ("IPv4Network | IPv6Network", "cidr"),
    "macaddr": ("str", "macaddr"),
    "macaddr8": ("str", "macaddr8"),
    "timetz": ("dt.time", "timetz"),
    "varbit": ("str", "varbit"),
    "money": ("Decimal", "money"),
    "oid": ("int", "oid"),
    "regclass": ("str", "regclass"),
    "regconfig": ("RegConfig", "regconfig"),
    "xml": ("str", "xml"),
    "jsonpath": ("str", "jsonpath"),
    "tsvector": ("TsVector", "tsvector"),
    "tsquery": ("TsQuery", "tsquery"),
    "int4range": ("Range[int]", "int4range"),
    "int8range": ("Range[int]", "int8range"),
    "numrange": ("Range[Decimal]", "numrange"),
    "daterange": ("Range[dt.date]", "daterange"),
    "tsrange": ("Range[dt.datetime]", "tsrange"),
    "tstzrange": ("Range[dt.datetime]", "tstzrange"),
    "int4multirange": ("Multirange[int]", "int4multirange"),
    "int8multirange": ("Multirange[int]", "int8multirange"),
    "nummultirange": ("Multirange[Decimal]", "nummultirange"),
    "datemultirange": ("Multirange[dt.date]", "datemultirange"),
    "tsmultirange": ("Multirange[dt.datetime]", "tsmultirange"),
    "tstzmultirange": ("Multirange[dt.datetime]", "tstzmultirange"),
}
"""Types that are stated beside an annotation."""

_EXTENSIONS: Final = {
    "citext": ("str", "citext"),
    "hstore": ("dict[str, str | None]", "hstore"),
    "ltree": ("LTree", "ltree"),
    "lquery": ("LQuery", "lquery"),
    "ltxtquery": ("LTxtQuery", "ltxtquery"),
    "vector": ("list[float]", "vector"),
    "halfvec": ("list[float]", "halfvec"),
}
_SIZED: Final = ("vector", "halfvec")
"""Types that are made with how long their values are."""

_LIMITED: Final = {
    "numeric": re.compile(r"\d+,-?\d+"),
    "varchar": re.compile(r"\d+"),
    "bpchar": re.compile(r"\d+"),
    "timestamp": re.compile(r"\d+"),
    "timestamptz": re.compile(r"\d+"),
    "varbit": re.compile(r"\d+"),
    "bit": re.compile(r"\d+"),
    "vector": re.compile(r"\d+"),
    "halfvec": re.compile(r"\d+"),
}
"""Types with limits, and which of these can be said."""

_IMPORTS: Final = {
    "Decimal": "decimal:Decimal",
    "UUID": "uuid:UUID",
    "dt.": "datetime:dt",
    "msgspec.": ":msgspec",
    "IPv4Interface": "ipaddress:IPv4Interface",
    "IPv6Interface": "ipaddress:IPv6Interface",
    "IPv4Network": "ipaddress:IPv4Network",
    "IPv6Network": "ipaddress:IPv6Network",
    "Range[": "qb:Range",
    "Multirange[": "qb:Multirange",
    "RegConfig": "qb.typing:RegConfig",
    "TsVector": "qb.typing:TsVector",
    "TsQuery": "qb.typing:TsQuery",
    "LTree": "qb.typing:LTree",
    "LQuery": "qb.typing:LQuery",
    "LTxtQuery": "qb.typing:LTxtQuery",
}
"""What annotations import."""


class PythonType(FrozenStruct):
    """A type as Python writes it."""

    annotation: Code
    """What its values are, without None."""
    expression: Code
    """The type itself."""
    follows: bool = False
    """Whether the annotation says it by itself."""
    known: str = ""
    """What the catalog calls it, where it is one of PostgreSQL's own without an array."""
    labels: tuple[str, ...] = ()
    """Of an enum."""

    @property
    def stated(self) -> Code | None:
        """What `column` takes, where it takes one."""
        return None if self.follows else self.expression


def plain_annotation(annotation: str) -> Code:
    """An annotation of nothing that is written here, with what it imports."""
    wanted = [home for start, home in _IMPORTS.items() if re.search(rf"(?<![\w.]){re.escape(start)}", annotation)]
    return Code(annotation, frozenset(), frozenset(wanted))


def typed(book: Book, base: str, written: str, collation: str | None = None) -> PythonType:
    """A type by what the catalog calls it, and by how the server writes it. What is not known is one of a name."""
    if written.endswith("[]"):
        of = typed(book, base, written.removesuffix("[]"), collation)
        inside = Code(f"list[{of.annotation}]", of.annotation.uses, of.annotation.imports)
        made = call("pg.array", of.expression)
        # A list of a plain type follows from its annotation, in a table.
        return PythonType(inside, made, follows=of.follows and of.known not in ("jsonb", ""))
    found = _known(book, base, written)
    if collation is not None:
        found = PythonType(
            found.annotation, _collated(book, found.expression, collation), False, found.known, found.labels
        )
    return found


def _collated(book: Book, of: Code, collation: str) -> Code:
    schema, name = parts(collation)
    within = "" if schema in ("", "pg_catalog") else f", schema={text(schema)}"
    if schema == "" and name not in ("C", "POSIX", "default"):
        within = ""
    return Code(f"{of.text}.collate({text(name)}{within})", of.uses, of.imports)


def _known(book: Book, base: str, written: str) -> PythonType:
    schema, name = parts(base)
    if (ours := book.types.get((schema, name))) is not None:
        annotation = Code(ours.annotation, ours.uses, ours.imports)
        return PythonType(annotation, using(ours.value), labels=enum_labels(book.catalog, schema, name))
    limits = _LIMITS.search(written)
    if base == '"char"' or (limits is not None and not _sayable(name, limits[1])):
        return _custom(book, base, written)
    if name == "interval" and written != "interval":
        return _custom(book, base, written)
    if name == "bit":
        return _made("str", "bit", limits[1] if limits else "1", name)
    if name in _EXTENSIONS and schema and (name not in _SIZED or limits is not None):
        of, value = _EXTENSIONS[name]
        return _made(of, value, limits[1] if limits else "", name)
    if schema or name not in {**_FOLLOWS, **_STATED}:
        return _custom(book, base, written)
    of, value = {**_FOLLOWS, **_STATED}[name]
    if name == "bpchar" and limits is not None:
        value = "char"
    return _made(of, value, limits[1] if limits else "", name, follows=name in _FOLLOWS and limits is None)


def _sayable(name: str, limits: str) -> bool:
    return name in _LIMITED and _LIMITED[name].fullmatch(limits) is not None


def _made(annotation: str, value: str, limits: str, known: str, *, follows: bool = False) -> PythonType:
    said = f"({limits.replace(',', ', ')})" if limits else ""
    return PythonType(
        plain_annotation(annotation),
        Code(f"pg.{value}{said}", frozenset(), frozenset(("qb:pg",))),
        follows,
        known,
    )


def _custom(book: Book, base: str, written: str) -> PythonType:
    """A type by its name alone, whose values are its text."""
    extension = _extension_of(base, book.catalog)
    cast = base if _LIMITS.search(written) or "." not in base else None
    made = call(
        "pg.custom",
        text(written),
        encode="str",
        decode="str",
        cast=None if cast is None else literal(_LIMITS.sub("", written)),
        extension=None if extension is None else text(extension),
        external="True" if Identity("base type", *_of_no_table(base)) in book.absent else None,
    )
    return PythonType(plain_annotation("str"), made)


def _of_no_table(base: str) -> tuple[str, str, str]:
    schema, name = parts(base)
    return schema, "", name


def enum_labels(catalog: Catalog, schema: str, name: str) -> tuple[str, ...]:
    """The labels of an enum; none of what is no enum."""
    found = catalog.get(Identity("enum", schema, "", name))
    return found.labels if isinstance(found, EnumFact) else ()


def _extension_of(base: str, catalog: Catalog) -> str | None:
    """The extension that brings a type."""
    schema, name = parts(base)
    found = catalog.get(Identity("base type", schema, "", name))
    return found.extension if isinstance(found, BaseTypeFact) else None
