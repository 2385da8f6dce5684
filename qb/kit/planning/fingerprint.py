"""What a database is in 64 signs: the same wherever what is ours is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, Final, TypeAlias, cast

import msgspec

from qb.kit.catalog import Catalog
from qb.kit.diffs.fields import is_unsaid, plain_fact
from qb.kit.diffs.renames import NO_RENAMES, shared_key
from qb.kit.diffs.spelling import one_spelling
from qb.kit.facts.base import Fact
from qb.kit.facts.extension import ExtensionFact
from qb.kit.facts.texts import TextKind, texts_of
from qb.kit.ours.value import Ours
from qb.kit.ours.whose import theirs
from qb.model.object import Identity

JOURNAL: Final = "qb"
"""The schema in which migrations are noted, unless the config says another one."""


def fingerprint(catalog: Catalog, ours: Ours = Ours(), *, journal: str = JOURNAL) -> str:
    """SHA-256, in hexadecimal, of all in a catalog that is ours: equal where nothing of it differs.

    What nobody says is no part of it: owners, in which order the columns of a table stand, how the server calls a NOT
    NULL, and whether a materialized view is filled. Nor is the journal, the schema in which migrations are noted. Two
    servers write expressions in the same way only if their major versions are the same.

    >>> from qb.kit import introspect
    >>> with db.transaction(rollback=True) as tx:
    ...     before = fingerprint(introspect(tx).unwrap())
    ...     tx.run(Script("ALTER TABLE tasks ADD spare text")).unwrap()
    ...     between = fingerprint(introspect(tx).unwrap())
    ...     tx.run(Script("ALTER TABLE tasks DROP spare")).unwrap()
    ...     before == fingerprint(introspect(tx).unwrap()) != between
    1
    1
    True
    """
    return _Fingerprints(ours, journal).of(catalog)


def fingerprints(before: Catalog, after: Catalog, ours: Ours = Ours(), *, journal: str = JOURNAL) -> tuple[str, str]:
    """Those of two catalogs in which nearly all is the same: that is written once."""
    both = _Fingerprints(ours, journal)
    return both.of(before), both.of(after)


class _Fingerprints:
    """Several, each object written once for all in which it is the same."""

    def __init__(self, ours: Ours, journal: str) -> None:
        self.ours: Final = ours
        self.journal: Final = journal
        self.fields: Final = cache(partial(_fields, ours=ours))
        self.spelled: Final = cache(one_spelling)
        self.encoder: Final = msgspec.json.Encoder()
        self.known: Final[dict[Identity, tuple[Fact, bytes]]] = {}

    def of(self, catalog: Catalog) -> str:
        found: dict[tuple[str, ...], bytes] = {}
        for identity, fact in only_ours(catalog, self.ours, journal=self.journal).items():
            key = shared_key(identity, fact, NO_RENAMES, self.ours.makers)
            parts = msgspec.structs.astuple(key)
            while parts in found:  # which no two objects should have
                parts = (*parts, identity.name)
            found[parts] = self.written(identity, fact)
        return _digest(found, self.encoder)

    def written(self, identity: Identity, fact: Fact) -> bytes:
        known = self.known.get(identity)
        if known is None or known[0] != fact:
            said = _said(identity, fact, self.fields, self.spelled)
            known = self.known[identity] = (fact, self.encoder.encode((type(fact).__name__, said)))
        return known[1]


def _digest(found: Mapping[tuple[str, ...], bytes], encoder: msgspec.json.Encoder) -> str:
    digest = hashlib.sha256()
    for parts in sorted(found):
        digest.update(encoder.encode(parts))
        digest.update(found[parts])
    return digest.hexdigest()


def only_ours(catalog: Catalog, ours: Ours = Ours(), *, journal: str = JOURNAL) -> Catalog:
    """What of a catalog is ours, without the journal."""
    not_ours = theirs(catalog, ours)

    def kept(identity: Identity, fact: Fact) -> bool:
        noted = identity.schema == journal or (identity.kind == "schema" and identity.name == journal)
        return identity not in not_ours and not noted and not _of_journal(identity, journal)

    return catalog.where(kept)


def _of_journal(identity: Identity, journal: str) -> bool:
    """Whether it is what somebody may do with that schema."""
    return identity.kind == "grant" and not identity.schema and identity.name.startswith(f"schema {journal} to ")


_Fields: TypeAlias = tuple[tuple[str, bool], ...]


def _said(
    identity: Identity,
    fact: Fact,
    fields: Callable[[type[Fact], str, str], _Fields],
    spelled: Callable[[str], str],
) -> Mapping[str, Any]:
    """The fields of a fact that anybody says, in one spelling."""
    fact = plain_fact(fact)
    name = identity.name if isinstance(fact, ExtensionFact) else ""
    return {
        field: _each(spelled, getattr(fact, field)) if is_sql else getattr(fact, field)
        for field, is_sql in fields(type(fact), identity.kind, name)
    }


def _fields(fact: type[Fact], kind: str, name: str, *, ours: Ours) -> _Fields:
    """The fields of a class of facts that anybody says, in the order of their names, and whether they are SQL."""
    how, identity = texts_of(fact), Identity(kind, "", "", name)
    said = sorted(set(fact.__struct_fields__) - {"populated"})
    return tuple((each, how.get(each) is TextKind.SQL) for each in said if not is_unsaid(identity, fact, each, ours))


def _each(spelled: Callable[[str], str], value: object) -> object:
    if isinstance(value, str):
        return spelled(value)
    return tuple([spelled(each) for each in cast("tuple[str, ...]", value)]) if isinstance(value, tuple) else value
