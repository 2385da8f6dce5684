"""Documents of JSON columns, looked at row by row: what they hold, as classes.

A key that is not in each of them may be left out; a key that some of them have as null may be None. Objects that say
their kind by a key of their own are a union, told apart by that. Objects whose keys are no names of fields (they are as
many as there are objects) are dicts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success
from qb.frozen import FrozenStruct
from qb.kit.catalog import Catalog
from qb.kit.facts.column import ColumnFact
from qb.kit.facts.table import TableFact
from qb.model.object import Identity
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.types.identifier import qualified, quoted
from qb.types.trusted import trusted

MANY_KEYS: Final = 40
"""How many keys an object of named fields has at most."""
MANY_TAGS: Final = 12
"""How many kinds of objects a union has at most."""
DEEPEST: Final = 20
"""How far into documents it is looked; what is within is anything."""
TAGS: Final = ("type", "kind", "tag", "_type", "__typename", "event", "action", "op", "name", "status")
"""Keys that are looked at first for what tells kinds apart."""
_UNNAMED: Final = re.compile(r"[\x00-\x1f\"\\]")
"""Signs in keys that msgspec has no fields for."""
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:/-]{0,39}")


class DocumentShape(msgspec.Struct):
    """What values at one place of documents were, all of them together."""

    seen: int = 0
    nulls: int = 0
    booleans: int = 0
    integers: int = 0
    numbers: int = 0
    texts: int = 0
    lists: int = 0
    objects: int = 0
    items: DocumentShape | None = None
    """What lists hold."""
    fields: dict[str, DocumentShape] = {}
    """What objects hold, by their keys."""
    tag: str | None = None
    """The key that tells kinds of objects apart."""
    kinds: dict[str, DocumentShape] = {}
    """Those kinds."""
    mapping: DocumentShape | None = None
    """What objects hold whose keys are no names of fields."""


class InferredColumn(FrozenStruct):
    """What the documents of a column hold, and how many were looked at."""

    column: Identity
    shape: DocumentShape
    looked_at: int
    """Documents that are not NULL."""
    rows: int
    """Rows that were read."""
    complete: bool
    """Whether these were all rows of the table."""
    unread: int = 0
    """Documents of them that cannot be read: a number of more than Python has, half of a sign, too deep."""

    @property
    def is_typed(self) -> bool:
        """Whether its documents become a class, or another annotation. One that is null is no NULL, so they do not;
        nor do they where one of them cannot be read."""
        return bool(self.looked_at) and not self.shape.nulls and not self.unread


InferredDocuments: TypeAlias = Mapping[Identity, InferredColumn]
Inferred: TypeAlias = Success[InferredDocuments] | Failure[DbError, InferredDocuments]


def infer_json(db: Db, catalog: Catalog, *, rows: int = 1000) -> Inferred:
    """What the documents in the json and jsonb columns of all tables hold, by looking at so many rows of each.

    `pull(..., documents=...)` makes classes of it. Rows are read as they lie, and no value of one is kept, but keys and
    tags. Errors: what the world does, as `Failure`.

    >>> from qb.kit import introspect
    >>> found = infer_json(db, introspect(db).unwrap()).unwrap()
    >>> [(column.title, each.looked_at) for column, each in found.items()]
    [('public.users.settings', 2)]
    """
    found: dict[Identity, InferredColumn] = {}
    for table, columns in _documents(catalog).items():
        listed = ", ".join(f"{quoted(each.name)}::text" for each in columns)
        text = f"SELECT ARRAY[{listed}] FROM {qualified(table.schema, table.name)} LIMIT {int(rows) + 1}"
        read = db.all(sql(trusted(text.replace("{", "{{").replace("}", "}}"))).rows(list[str | None]))
        if isinstance(read, Failure):
            return Failure(read.failure())
        values = read.unwrap()
        complete = len(values) <= rows
        values = values[:rows]
        for place, column in enumerate(columns):
            documents = [each for row in values if (each := row[place]) is not None]
            read_ones, unread = _read(documents)
            shape = documents_shape(read_ones)
            found[column] = InferredColumn(column, shape, len(documents), len(values), complete, unread)
    return Success(found)


def _read(documents: list[str]) -> tuple[list[Any], int]:
    """Documents as Python has them, and how many it has not."""
    found: list[Any] = []
    for each in documents:
        with suppress(msgspec.DecodeError, RecursionError, ValueError):
            found.append(msgspec.json.decode(each))
    return found, len(documents) - len(found)


def _documents(catalog: Catalog) -> dict[Identity, list[Identity]]:
    found: dict[Identity, list[Identity]] = {}
    for column, fact in catalog.of(ColumnFact).items():
        table = Identity("table", column.schema, "", column.table)
        there = catalog.get(table)
        if fact.type in ("json", "jsonb") and isinstance(there, TableFact) and there.extension is None:
            if there.bound is None:
                found.setdefault(table, []).append(column)
    return found


def documents_shape(values: Iterable[Any], deep: int = 0) -> DocumentShape:
    """What some values are, all of them together.

    >>> shape = documents_shape([{"a": 1}, {"a": None, "b": "x"}])
    >>> {key: (each.seen, each.nulls) for key, each in shape.fields.items()}
    {'a': (2, 1), 'b': (1, 0)}
    """
    found = DocumentShape(fields={}, kinds={})
    objects: list[dict[str, Any]] = []
    items: list[Any] = []
    for each in values:
        found.seen += 1
        match each:
            case None:
                found.nulls += 1
            case bool():
                found.booleans += 1
            case int():
                found.integers += 1
            case float():
                found.numbers += 1
            case str():
                found.texts += 1
            case list():
                found.lists += 1
                items += each
            case _:
                objects.append(each)
    found.objects = len(objects)
    if found.lists and deep < DEEPEST:
        found.items = documents_shape(items, deep + 1)
    if objects and deep < DEEPEST:
        _objects(found, objects, deep + 1)
    return found


def _objects(found: DocumentShape, objects: list[dict[str, Any]], deep: int) -> None:
    keys = Counter(key for each in objects for key in each)
    if _are_values(keys, len(objects)):
        found.mapping = documents_shape([value for each in objects for value in each.values()], deep)
        return
    tag = _tag(objects)
    if tag is not None:
        found.tag = tag
        kinds: dict[str, list[dict[str, Any]]] = {}
        for each in objects:
            kinds.setdefault(each[tag], []).append({key: value for key, value in each.items() if key != tag})
        found.kinds = {kind: documents_shape(some, deep) for kind, some in sorted(kinds.items())}
        return
    found.fields = {key: documents_shape([each[key] for each in objects if key in each], deep) for key in keys}


def _are_values(keys: Counter[str], objects: int) -> bool:
    """Whether keys are no names of fields: too many of them, or such as nobody calls a field."""
    if len(keys) > MANY_KEYS or any(_UNNAMED.search(key) for key in keys):
        return True
    strange = sum(_WORD.fullmatch(key) is None or any(map(str.isdigit, key[:1])) for key in keys)
    return strange * 2 > len(keys)


def _tag(objects: list[dict[str, Any]]) -> str | None:
    """The key whose texts tell kinds of objects apart: each kind has keys that another one has not."""
    if len(objects) < 2:
        return None
    everywhere = set(objects[0]).intersection(*objects[1:])
    candidates = [each for each in TAGS if each in everywhere]
    for key in candidates:
        values = {each[key] if isinstance(each[key], str) else None for each in objects}
        if None in values or not 1 < len(values) <= MANY_TAGS or len(values) * 2 > len(objects):
            continue
        sets = {value: set[str]() for value in values}
        for each in objects:
            sets[each[key]].update(each)
        if len({frozenset(each) for each in sets.values()}) == len(values):
            return key
    return None
