"""Pieces of Python as models have them: names, SQL as text, indexes, how an identity counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from qb.kit.facts.index import IndexFact
from qb.kit.facts.sequence import SequenceFact
from qb.model.object import Identity

_INDEX: Final = re.compile(r'CREATE (UNIQUE )?INDEX (?:"(?:[^"]|"")*"|\S+) ON .*? USING (\w+) \(', re.DOTALL)
_CLASSED: Final = re.compile(r"([a-z_][a-z0-9_]*) ((?:[a-z_0-9]+\.)?[a-z_0-9]+_ops)")
_COLUMN: Final = re.compile(r"[a-z_][a-z0-9_]*")


def sa_index(identity: Identity, fact: IndexFact) -> str | None:
    """It as SQLAlchemy says it, what it is on as SQL where that is no plain column."""
    said = _INDEX.match(fact.definition or "")
    odd = fact.comment is not None or fact.statistics or fact.clustered or fact.tablespace or not fact.valid
    if said is None or odd or fact.parent is not None:
        return None
    on, rest = _in_brackets((fact.definition or "")[said.end() :])
    given = [sa_name(identity.name)]
    classes: dict[str, str] = {}
    for each in _listed(on):
        if (classed := _CLASSED.fullmatch(each)) is not None:
            classes[classed[1]] = classed[2]
            given.append(sa_name(classed[1]))
        else:
            given.append(sa_name(each) if _COLUMN.fullmatch(each) else f"sa.text({sa_text(_bare(each))})")
    given += [f"postgresql_ops={classes!r}"] if classes else []
    given += ["unique=True"] if said[1] else []
    given += [f"postgresql_using={said[2]!r}"] if said[2] != "btree" else []
    if rest.startswith(" INCLUDE ("):
        include, rest = _in_brackets(rest[10:])
        if not all(map(_COLUMN.fullmatch, _listed(include))):
            return None
        given.append(f"postgresql_include={_listed(include)!r}")
    if rest.startswith(" NULLS NOT DISTINCT"):
        given.append("postgresql_nulls_not_distinct=True")
        rest = rest.removeprefix(" NULLS NOT DISTINCT")
    if rest.startswith(" WITH ("):
        options, rest = _in_brackets(rest[7:])
        given.append(f"postgresql_with={dict(each.split('=', 1) for each in _listed(options))!r}")
    if rest.startswith(" WHERE "):
        given.append(f"postgresql_where=sa.text({sa_text(rest[7:])})")
        rest = ""
    return None if rest else f"sa.Index({', '.join(given)})"


def dotted_sql(*pieces: str) -> str:
    """A name as SQL has it."""
    return ".".join('"' + each.replace('"', '""') + '"' for each in pieces if each)


def sa_counting(fact: SequenceFact) -> list[str]:
    """How it counts, where that is not how all do."""
    most = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}.get(fact.type)
    found = [("start", fact.start, 1), ("increment", fact.increment, 1), ("minvalue", fact.min, 1)]
    found += [("maxvalue", fact.max, most or fact.max), ("cache", fact.cache, 1)]
    said = [f"{name}={value}" for name, value, usual in found if value != usual]
    return [*said, *(["cycle=True"] if fact.cycle else [])]


def key_tail(definition: str) -> str:
    """What stands behind the columns of a key, but for DEFERRABLE."""
    rest = definition.partition("(")[2].rpartition(")")
    words = rest[2].replace("INITIALLY DEFERRED", "").replace("DEFERRABLE", "").strip()
    before = "x x" if definition.partition("(")[0].strip() not in ("PRIMARY KEY", "UNIQUE") else ""
    return before or ("x x" if words or "WITHOUT OVERLAPS" in rest[0] or "INCLUDE" in definition else "")


def _bare(sql: str) -> str:
    """Without brackets around a column that is cast: so it is reflected, and Alembic compares texts."""
    return re.sub(r"\(([a-z_][a-z0-9_]*)\)::", r"\1::", sql)


def _in_brackets(text: str) -> tuple[str, str]:
    """What stands before the bracket that ends it, and what behind."""
    depth, quote = 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == "(":
            depth += 1
        elif sign == ")":
            if not depth:
                return text[:place], text[place + 1 :]
            depth -= 1
    return text, ""


def _listed(text: str) -> list[str]:
    """What stands between the commas of a list."""
    found, depth, quote = [""], 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        depth += 0 if quote else (sign in "([") - (sign in ")]")
        if sign == "," and not depth and not quote:
            found.append("")
        else:
            found[-1] += sign
    return [each.strip() for each in found]


def sa_schema(schema: str) -> list[str]:
    """The schema, where it is not public."""
    return [] if schema == "public" else [f"schema={schema!r}"]


def sa_text(sql: str) -> str:
    """SQL for `sa.text`, in which a colon before a word would be a parameter."""
    return repr(re.sub(r"(?<![:\w\x5c]):(\w+)(?!:)", r"\\:\1", sql))


def sa_name(text: str) -> str:
    """A name in quotes."""
    found = repr(text)
    return f'"{text}"' if found == f"'{text}'" and '"' not in text else found


def plain_name(name: str) -> str:
    """A name as Python can have it."""
    found = re.sub(r"\W", "_", name)
    return found if found and not found[0].isdigit() else f"_{found}"


def camel_name(name: str) -> str:
    """A name as classes have it."""
    words: Iterable[str] = re.split(r"[\W_]+", name)
    found = "".join(each[:1].upper() + each[1:] for each in words if each)
    return found if found and not found[0].isdigit() else f"Table{found}"
