"""Catalogs of whole databases, and a database in which a plan is run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from qb import Script, Tx, create_all, trusted
from qb.kit import Catalog, Identity, introspect, ours_of
from qb.kit.facts.other import OtherFact
from qb.kit.facts.table import TableFact
from qb.kit.ours.value import Ours
from qb.kit.planning.fingerprint import only_ours
from qb.kit.planning.migration_plan import PlanStep
from qb.types.identifier import quoted
from qb.typing import Schema
from tables import archetype, chronos, pivotal, promptliano, supabase_chat
from tests.kit.everything import EVERYTHING
from tests.render import ddl_schemas

SYSTEMS: Final[dict[str, Schema]] = {
    "archetype": archetype.schema,
    "chronos": chronos.schema,
    "pivotal": pivotal.schema,
    "promptliano": promptliano.schema,
    "supabase_chat": supabase_chat.schema,
}
SCHEMAS: Final = {**ddl_schemas.ALL, **SYSTEMS}
WHOLE: Final = re.sub(
    r" OPTIONS \((?:api_key|password) 'secret'\)|, (?:api_key|password|token) 'secret'", "", EVERYTHING
)
"""All that can be written from what is read: passwords and keys cannot."""


def writable(found: Catalog) -> bool:
    """Whether all of it can be written: what is of C cannot, options of foreign servers may be secrets, and those of a
    TOAST table are there as long as it is, which outlives the columns that it was made for."""
    return not any(
        identity.kind == "base type"
        or (isinstance(each, OtherFact) and not each.statements)
        or (isinstance(each, TableFact) and any(option.startswith("toast.") for option in each.options))
        for identity, each in found.items()
    )


def run(tx: Tx, steps: Iterable[PlanStep]) -> None:
    """Run steps in one message; an error names its statement."""
    if listed := list(steps):
        outcome = tx.run(Script(*map(trusted, (each.sql for each in listed))))
        assert outcome.map(lambda _: True).value_or(False), str(outcome)


def created(tx: Tx, wanted: Schema) -> Catalog:
    """What a schema makes."""
    tx.run(create_all(wanted, stand_ins=True)).unwrap()
    return introspect(tx).unwrap()


def ours_for(wanted: Schema, found: Catalog) -> Ours:
    """All of it, stand-ins too, with which there is something to refer to."""
    ours = ours_of(wanted)
    if not ours.external:
        return ours
    tables = (each for each in found if each.kind == "table")
    return Ours(declared=frozenset(Identity("table", each.schema, "", each.name) for each in tables))


def with_roles(tx: Tx, found: Catalog, ours: Ours) -> None:
    """The roles that a plan leaves alone are there before."""
    known = introspect(tx).unwrap()
    kept = only_ours(found, ours)
    for each in found:
        if each.kind == "role" and each not in known and each not in kept:
            tx.run(Script(trusted(f"CREATE ROLE {quoted(each.name)}"))).unwrap()
