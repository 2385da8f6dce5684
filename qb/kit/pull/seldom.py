"""What is seldom made: text search configurations as values, and which casts come with others."""

from __future__ import annotations

import re
from typing import Final

from qb.kit.facts.function import FunctionFact
from qb.kit.facts.other import OtherFact
from qb.kit.pull.book import Book, named_schema
from qb.kit.pull.routines import comes_with_range
from qb.kit.pull.source import call, code_of, literal, text
from qb.model.object import Identity
from qb.types.identifier import unquoted

_WORDS: Final = (
    "",
    *("asciiword", "word", "numword", "email", "url", "host", "sfloat", "version", "hword_numpart", "hword_part"),
    *("hword_asciipart", "blank", "tag", "protocol", "numhword", "asciihword", "hword", "url_path", "file", "float"),
    *("int", "uint", "entity"),
)
"""The kinds of words of PostgreSQL's own parser, by their numbers."""
_MAPPING: Final = re.compile(r"(?P<kind>\d+) (?P<dictionary>\"(?:[^\"]|\"\")+\"|\w+)")


def write_seldom(book: Book) -> None:
    """Those whose SQL follows from what the catalog says."""
    for identity, fact in book.catalog.of(OtherFact).items():
        if fact.extension is not None or identity in book.said:
            continue
        match identity.kind:
            case "text search configuration":
                _configuration(book, identity, fact)
            case "cast":
                _cast(book, identity)
            case _:
                pass


def _configuration(book: Book, identity: Identity, fact: OtherFact) -> None:
    parser, _, listed = fact.definition.partition(" ")
    mappings: dict[str, list[str]] = {}
    plain = parser == "default"
    for each in listed.split(", ") if listed else ():
        found = _MAPPING.fullmatch(each)
        if found is None or not plain or not 0 < int(found["kind"]) < len(_WORDS):
            plain = False
            break
        mappings.setdefault(_WORDS[int(found["kind"])], []).append(unquoted(found["dictionary"]))
    if not plain:
        return  # of a parser or dictionaries that are not PostgreSQL's own: it is carried with all others
    within = named_schema(identity.schema)
    name = book.value_called(identity.name, ending="configuration")
    made = call(
        "text_search_configuration",
        text(identity.name),
        schema=None if within is None else text(within),
        parser='"default"',
        mappings=literal(mappings) if mappings else None,
        comment=None if fact.comment is None else text(fact.comment),
    )
    book.values[identity] = name
    book.write(name, book.home(identity.schema), code_of((f"{name} = ", made), ""), 2)
    book.said.add(identity)


def _cast(book: Book, identity: Identity) -> None:
    """What came with a range is made with it; the others are carried."""
    functions = (book.catalog.get(each) for each in book.catalog.needs(identity))
    if any(isinstance(each, FunctionFact) and comes_with_range(each) for each in functions):
        book.said.add(identity)
