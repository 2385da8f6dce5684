"""What the coverage says of a database, and what is pulled of it: no kind is forgotten in one of both."""

from __future__ import annotations

from qb import Database
from qb.kit import Catalog, introspect
from qb.kit.carried_kinds import CARRIED_KINDS, TOLD_KINDS, is_told
from qb.kit.coverage.measure import measure
from qb.kit.coverage.rules import COUNTED, COVERED
from qb.kit.pull import pull
from tests.kit.everything import EVERYTHING, make
from tests.kit.pull.hostile import EXPRESSIONS, FUNCTIONS, NAMES

SOME = {"not null", "cast"}
"""Of these some come with others."""


def catalogs(db: Database) -> list[Catalog]:
    found: list[Catalog] = []
    for statements in (EVERYTHING, NAMES, EXPRESSIONS, FUNCTIONS):
        with db.transaction(rollback=True) as tx:
            make(tx, statements)
            found.append(introspect(tx).unwrap())
    return found


def test_each_kind_is_in_one_list(qb_db: Database) -> None:
    kinds = {each.kind for catalog in catalogs(qb_db) for each in catalog}
    assert kinds - {*COVERED, *COUNTED, *CARRIED_KINDS, *TOLD_KINDS} == set()
    assert TOLD_KINDS.isdisjoint(CARRIED_KINDS)
    assert TOLD_KINDS.isdisjoint(COVERED)


def test_what_is_told_by_one_is_held_by_neither(qb_db: Database) -> None:
    for catalog in catalogs(qb_db):
        carried = {each.identity for each in pull(catalog).unsaid if each.carried}
        told = {each.identity for each in pull(catalog).unsaid} - carried
        for identity, fact in catalog.items():
            if fact.extension is None and is_told(identity.kind, fact):
                assert identity in told, str(identity)
            elif fact.extension is None and identity.kind in CARRIED_KINDS - SOME:
                lost = identity in told and any(need in told for need in catalog.needs(identity))
                assert identity in carried or lost, str(identity)
        shares = measure(catalog).kinds
        assert {kind for kind in TOLD_KINDS if kind in shares and shares[kind].no < shares[kind].total} == set()
        assert {kind for kind in CARRIED_KINDS if kind in shares and shares[kind].typed} == set()
