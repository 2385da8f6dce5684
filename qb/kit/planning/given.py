"""What roles may do with an object as soon as it is made, where default privileges say so: it is put right at once.

https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from qb.kit.facts.grant import DefaultPrivilegesFact, GrantFact
from qb.kit.planning.ddl.grants import granted_lines, usual_privileges
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Lines
from qb.model.object import Identity

_ON: Final[Mapping[str, str]] = {
    **dict.fromkeys(("table", "view", "materialized view", "foreign table"), "tables"),
    **dict.fromkeys(("function", "procedure", "aggregate"), "functions"),
    **dict.fromkeys(("enum", "domain", "composite type", "range"), "types"),
    "sequence": "sequences",
    "schema": "schemas",
}
_OPTION: Final = " with grant option"


class GivenByDefault:
    """Default privileges that hold while a plan runs, of who runs it."""

    def __init__(self, standing: Iterable[tuple[Identity, DefaultPrivilegesFact]], after: CatalogParts) -> None:
        self.after: Final = after
        self.standing: Final = [(each.schema, fact) for each, fact in standing if fact.owner == after.owner]

    def lines(self, identity: Identity) -> Lines:
        """What makes of what roles have of a new object what they are to have."""
        on = _ON.get(identity.kind)
        here = [(schema, fact) for schema, fact in self.standing if fact.on == on and schema in ("", identity.schema)]
        if not here:
            return []
        wanted = dict(self._wanted(identity))
        whose = getattr(self.after.get(identity), "owner", None)
        lines: Lines = []
        for role in sorted({fact.role for _, fact in here}):
            if role == self.after.owner != whose:
                continue  # whose privileges the new owner has
            grant = GrantFact(None, None, identity.kind, identity.name, None, role, ())
            at = Identity("grant", identity.schema, "", role)
            usual = usual_privileges(grant, self.after, at)
            start = self._start(role, here, usual)
            lines += granted_lines(at, grant, start, wanted.get(role, usual))
        return lines

    def _wanted(self, identity: Identity) -> Iterator[tuple[str, tuple[str, ...]]]:
        for each in self.after.needing(identity):
            fact = self.after.get(each)
            if isinstance(fact, GrantFact) and fact.column is None:
                yield fact.role, fact.privileges

    def _start(
        self, role: str, here: list[tuple[str, DefaultPrivilegesFact]], usual: tuple[str, ...]
    ) -> frozenset[str]:
        everywhere = [fact for schema, fact in here if not schema]
        first = {each for fact in everywhere if fact.role == role for each in fact.privileges}
        found = first if everywhere else set(usual)
        found |= {each for schema, fact in here if schema and fact.role == role for each in fact.privileges}
        return frozenset(each for each in found if f"{each}{_OPTION}" not in found)
