"""What descriptors say that they were called before, `renamed_from=`, and what of it a history holds already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from qb.kit.catalog import Catalog
from qb.kit.facts.kinds import OF_ROUTINES
from qb.kit.history.history import History
from qb.kit.ours.value import Ours
from qb.kit.qualified import routine_parts
from qb.kit.sought import sought, without_arguments
from qb.model.object import Identity, Object
from qb.model.schema import Schema

_PUBLIC = "public"
_ROLE = "role "
_PLAINLY = ("table", "column", "enum")
"""Kinds that a hint need not name."""


def declared_renames(wanted: Schema, before: Catalog) -> Mapping[Identity, Identity]:
    """What is to be renamed, by its name in the first catalog: what that has under the old name and not the new one."""
    found: dict[Identity, Identity] = {}
    if not (said := [*_said(wanted)]):
        return found
    schemas: dict[str, str] = {}
    tables: dict[tuple[str, str], str] = {}
    plain: dict[Identity, list[Identity]] = defaultdict(list)
    for each in before:
        plain[without_arguments(each)].append(each)
    for old, new in said:
        schema = schemas.get(new.schema, old.schema)
        table = tables.get((new.schema, new.table), old.table)
        one = Identity(old.kind, schema, table, old.name)
        if one not in plain or Identity(new.kind, schema, table, new.name) in plain:
            continue
        for each in plain[one]:
            name = new.name + each.name.removeprefix(old.name) if new.kind in OF_ROUTINES else new.name
            found[each] = Identity(new.kind, new.schema, new.table, name)
        if new.kind == "schema":
            schemas[new.name] = old.name
        elif not new.table:
            tables[new.schema, new.name] = old.name
    return found


def with_old_roles(ours: Ours, renamed: Mapping[str, str]) -> Ours:
    """What is ours while roles get other names: a role is ours where it is declared, and none is by its old name."""
    roles = {each.removeprefix(_ROLE): name for each, name in renamed.items() if each.startswith(_ROLE)}
    if not roles:
        return ours
    was = {name: each for each, name in roles.items()}
    return replace(
        ours,
        declared=ours.declared | {Identity("role", "", "", each) for each in roles},
        grantees=ours.grantees | {was[each] for each in ours.grantees if each in was},
        granted=ours.granted | {(on, was[each]) for on, each in ours.granted if each in was},
        coming=ours.coming | {(schema, on, was[each]) for schema, on, each in ours.coming if each in was},
        makers=ours.makers | {was[each] for each in ours.makers if each in was},
    )


def as_hint(old: Identity, new: Identity) -> str:
    """A rename as `--hint rename:` says it: `users.name=users.full_name`.

    >>> as_hint(Identity("column", "public", "users", "name"), Identity("column", "public", "users", "full_name"))
    'users.name=users.full_name'
    >>> as_hint(Identity("policy", "public", "users", "mine"), Identity("policy", "public", "users", "own"))
    'policy users.mine=users.own'
    """
    kind = "" if old.kind in _PLAINLY else f"{old.kind} "
    return kind + "=".join(each.title.removeprefix(f"{_PUBLIC}.") for each in (old, new))


def renames_in_history(wanted: Schema, history: History) -> Iterator[str]:
    """The `renamed_from=` that nobody needs any more, as a migration has renamed it, in words."""
    done = {each: migration.id for migration in history for each in migration.renames}
    for old, new in _said(wanted):
        for said, id in done.items():
            left, _, right = said.removeprefix(f"{new.kind} ").partition("=")
            if new.kind in OF_ROUTINES:
                left, right = (routine_parts(each)[0] for each in (left, right))
            was = left == old.name or left.endswith(f".{old.name}")  # what holds it may have had another name, too
            if was and right.removeprefix(f"{_PUBLIC}.") == new.title.removeprefix(f"{_PUBLIC}."):
                yield f"{new} is renamed from {old.name} in {id}: take renamed_from= away"
                break


def _said(wanted: Schema) -> Iterator[tuple[Identity, Identity]]:
    """What each was called, and is: schemas first, and what holds others before those."""
    roots = sorted(wanted.roots, key=lambda each: each.kind != "schema")  # the order of the others stays
    roots = [each for each in roots if not getattr(each, "external", False)]
    yield from _of(roots)
    for each in roots:
        yield from _of(each.children)


def _of(objects: Iterable[Object]) -> Iterator[tuple[Identity, Identity]]:
    for each in objects:
        if each.renamed_from is not None:
            new = without_arguments(sought(each.identity))
            yield Identity(new.kind, new.schema, new.table, each.renamed_from), new
