"""A diff as plain text, and as a document of JSON."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Final

import msgspec

from qb.kit.diffs.said import said_of
from qb.kit.diffs.tree import TreeLine, notes_of, tree_of
from qb.kit.diffs.value import Diff, ObjectChange
from qb.kit.facts.base import Fact
from qb.model.object import Identity

_ON_A_LINE: Final = 60
"""Signs of a text that stands beside another one."""


def diff_text(diff: Diff, sides: tuple[str, str] = ("the first", "the second"), *, everything: bool = False) -> str:
    """A diff as text for people: nothing of it is an address's secret or a row's value.

    `sides` is what both are called. With `everything`, what is not ours is told one by one.

    >>> from qb.kit import diff, diff_text, introspect
    >>> with db.transaction(rollback=True) as tx:
    ...     before = introspect(tx).unwrap()
    ...     _ = tx.run(Script("ALTER TABLE tasks ALTER hours SET DEFAULT 3", "DROP TABLE users CASCADE")).unwrap()
    ...     print(diff_text(diff(before, introspect(tx).unwrap()), ("schema", "database")))
    3 differences: 2 missing, 1 changed (missing: in schema alone; added: in database alone)
    schema public
      table tasks
        changed column hours
          default: (none) -> 3
        missing foreign key tasks_user_id_fkey
          FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE
      missing table users with 4 columns, 1 primary key, 1 sequence, 1 unique
    """
    tree = tree_of(diff)
    head = tree.text
    if diff.changes:
        head += f" (missing: in {sides[0]} alone; added: in {sides[1]} alone)"
    lines = [head]
    for each in tree.children:
        lines += _lines(each, 0)
    lines += [f"note: {each}" for each in notes_of(diff, everything=everything)]
    return "\n".join(lines)


def _lines(branch: TreeLine, depth: int) -> Iterator[str]:
    before = "  " * depth
    word = f"{branch.how} " if branch.how not in ("", "field") else ""
    if branch.texts is None:
        first, *rest = f"{word}{branch.text}".split("\n")
        yield f"{before}{first}"
        yield from (f"{before}{each}" for each in rest)
    else:
        yield from (f"{before}{each}" for each in _both(branch.text, *branch.texts))
    for each in branch.children:
        yield from _lines(each, depth + 1)


def _both(name: str, one: str, other: str) -> Iterator[str]:
    """Both texts: beside each other where they are short, else one above the other, of long ones the lines that
    differ."""
    if len(one) <= _ON_A_LINE >= len(other) and "\n" not in one + other:
        yield f"{name}: {one} -> {other}"
        return
    yield f"{name}:"
    mine, theirs = one.split("\n"), other.split("\n")
    if len(mine) == 1 == len(theirs):
        yield f"  - {one}"
        yield f"  + {other}"
        return
    for line in difflib.unified_diff(mine, theirs, n=2, lineterm=""):
        if not line.startswith(("---", "+++")):
            yield f"  {line[:1]} {line[1:]}" if not line.startswith("@@") else f"  {line}"


class ObjectDocument(msgspec.Struct, frozen=True):
    """Who an object is."""

    kind: str
    schema: str
    table: str
    name: str


class FieldDocument(msgspec.Struct, frozen=True):
    """A field that differs."""

    field: str
    before: object
    after: object


class ChangeDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """An object that differs."""

    how: str
    object: ObjectDocument
    title: str
    was: ObjectDocument | None = None
    fields: tuple[FieldDocument, ...] = ()
    before: str = ""
    """What it is, in the words of the first side's server."""
    after: str = ""
    parts: tuple[ObjectDocument, ...] = ()


class NotOursDocument(msgspec.Struct, frozen=True):
    """An object that differs and is somebody else's."""

    object: ObjectDocument
    why: str


class LikelyDocument(msgspec.Struct, frozen=True):
    """What looks renamed."""

    before: ObjectDocument
    after: ObjectDocument


class DiffDocument(msgspec.Struct, frozen=True):
    """A diff as JSON has it: what `--json` gives."""

    equal: bool
    sides: tuple[str, str]
    versions: tuple[int, int]
    changes: tuple[ChangeDocument, ...]
    not_ours: tuple[NotOursDocument, ...]
    likely: tuple[LikelyDocument, ...]
    remarks: tuple[str, ...]


def diff_document(diff: Diff, sides: tuple[str, str] = ("the first", "the second")) -> DiffDocument:
    """A diff as a document: `msgspec.json.encode(diff_document(diff))`.

    >>> from qb.kit import diff, introspect
    >>> found = introspect(db).unwrap()
    >>> diff_document(diff(found, found), ("a", "b")).equal
    True
    """
    return DiffDocument(
        diff.equal,
        sides,
        diff.versions,
        tuple(_change(each) for each in diff.changes),
        tuple(NotOursDocument(_object(each.identity), each.why) for each in diff.not_ours),
        tuple(LikelyDocument(_object(each.before), _object(each.after)) for each in diff.likely),
        diff.remarks,
    )


def _change(change: ObjectChange) -> ChangeDocument:
    return ChangeDocument(
        change.how,
        _object(change.identity),
        str(change.identity),
        None if change.was is None else _object(change.was),
        tuple(FieldDocument(each.name, each.before, each.after) for each in change.fields),
        _text(change.before),
        _text(change.after),
        tuple(map(_object, change.parts)),
    )


def _text(fact: Fact | None) -> str:
    return said_of(fact)


def _object(identity: Identity) -> ObjectDocument:
    return ObjectDocument(identity.kind, identity.schema, identity.table, identity.name)
