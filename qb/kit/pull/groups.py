"""Which module each table stands in: that of its schema; of a schema with many tables, that of its group.

A group are tables whose names begin with the same word, as `order_items` and `order_notes` do, the table `orders` among
them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from qb.kit.facts.table import TableFact
from qb.kit.pull.book import Book
from qb.kit.pull.words import name_words, singular, value_name
from qb.types.identifier import PUBLIC

FEWEST: Final = 4
"""Tables of a group."""


def group_tables(book: Book, most: int) -> None:
    """The modules of the tables of schemas that have more than so many of them."""
    schemas: dict[str, list[str]] = defaultdict(list)
    for identity, fact in book.catalog.of(TableFact).items():
        if fact.extension is None and fact.bound is None and identity.kind == "table":
            schemas[identity.schema].append(identity.name)
    for schema, tables in schemas.items():
        if len(tables) > most:
            _group(book, schema, tables)


def _group(book: Book, schema: str, tables: Iterable[str]) -> None:
    left = [(name_words(each) or [""], each) for each in tables]
    common = _common([words for words, _ in left])
    groups: dict[str, list[str]] = defaultdict(list)
    for words, table in left:
        groups[singular(words[common]) if len(words) > common else ""].append(table)
    for word, some in sorted(groups.items()):
        if len(some) < FEWEST or not word:
            continue
        wanted = value_name(word) if schema == PUBLIC else f"{book.home(schema)}_{value_name(word)}"
        home = book.homes.give(wanted, f"{book.home(schema)}_{value_name(word)}")
        book.titles[home] = f"Tables of the schema {book.home(schema)} about {word}, and what stands beside them."
        book.grouped.update({(schema, each): home for each in some})


def _common(names: list[list[str]]) -> int:
    """How many words at their beginning all names have: they tell no tables apart."""
    found = 0
    while all(len(each) > found + 1 for each in names) and len({each[found] for each in names}) == 1:
        found += 1
    return found
