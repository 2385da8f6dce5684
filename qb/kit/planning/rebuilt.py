"""What an object that is made anew keeps though nobody declares it: its owner, what others may do with it,
and who publishes it.

A schema says nothing of owners, and of grants those of the roles that it names. What somebody else has said is theirs,
and DROP takes it away with the object.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from qb.kit.catalog import Catalog
from qb.kit.facts.base import Fact
from qb.kit.facts.grant import GrantFact
from qb.kit.facts.publication import PublicationFact
from qb.kit.planning.action import PlanAction
from qb.kit.planning.closure import Closure
from qb.kit.planning.ddl.publications import published_table
from qb.kit.planning.sides import Sides
from qb.kit.qualified import parts as name_parts
from qb.kit.qualified import whole_name
from qb.model.object import Identity
from qb.types.identifier import quoted


def with_what_is_kept(sides: Sides, closure: Closure) -> tuple[Catalog, frozenset[Identity]]:
    """The second catalog with the owners and grants that its rebuilt objects have in the first one; and those grants,
    which are to be made."""
    after = sides.after.catalog
    if not closure.anew and not closure.replaced:
        return after, frozenset()
    facts: dict[Identity, Fact] = dict(after.items())
    depends = dict(after.depends)
    grants: set[Identity] = set()
    for was in sorted(closure.anew | closure.replaced):
        now = sides.now.get(was)
        if now is None or now not in facts:
            continue
        if (owner := _owner(was, sides)) is not None and hasattr(facts[now], "owner"):
            changed: Any = facts[now]
            facts[now] = replace(changed, owner=owner)
        for grant, fact, on in _grants(was, sides):
            if grant not in facts and on in facts:
                facts[grant] = fact
                depends[grant] = frozenset((on,))
                grants.add(grant)
        for each in sides.after.needing(now):  # what the first one would have too, on the way back
            if isinstance(facts.get(each), GrantFact) and each in sides.paired.theirs and now.kind != "role":
                grants.add(each)
    if facts == dict(after.items()):
        return after, frozenset(grants)
    return Catalog({each: facts[each] for each in sorted(facts)}, depends, after.version), frozenset(grants)


def published_again(sides: Sides, closure: Closure) -> Iterator[PlanAction]:
    """Tables that are made anew, in the publications of somebody else, once their rows are there."""
    anew = {(each.schema, each.name) for each in closure.anew if each.kind == "table" and sides.now[each] == each}
    known = {**sides.after.catalog.of(PublicationFact), **sides.before.catalog.of(PublicationFact)}
    for identity, fact in known.items():
        for each in fact.tables if identity in sides.paired.theirs else ():
            schema, name = name_parts(whole_name(each))
            if (schema, name) in anew:
                line = f"ALTER PUBLICATION {quoted(identity.name)} ADD TABLE {published_table(each)}"
                at = Identity("published", schema, name, identity.name)
                needs = frozenset((Identity("table", schema, "", name), Identity("rows", schema, "", name)))
                yield PlanAction("finish", at, (line,), frozenset((at,)), needs=needs)


def _owner(was: Identity, sides: Sides) -> str | None:
    """Whose it is, where that is somebody else than whose the database is."""
    owner = getattr(sides.before.get(was), "owner", None)
    return None if sides.ours.owners or owner == sides.before.owner else owner


def _grants(was: Identity, sides: Sides) -> Iterator[tuple[Identity, GrantFact, Identity]]:
    """What roles have of it that nobody declares; on what, by its new name."""
    for each in sides.before.needing(was):
        fact = sides.before.get(each)
        if not isinstance(fact, GrantFact) or each not in sides.paired.theirs or was.kind == "role":
            continue
        now = sides.new_name(was)
        on = Identity("column", now.schema, now.table, now.name) if fact.column is not None else now
        named = now.table if fact.column is not None else now.name
        column = None if fact.column is None else now.name
        at = Identity("grant", now.schema, named if each.table else "", each.name)
        yield at, replace(fact, object=named, column=column), on
