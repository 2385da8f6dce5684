"""Who an object of a schema is among those of a database: where what names no schema is looked for."""

from __future__ import annotations

from typing import Final

from qb.kit.facts.kinds import IN_NO_SCHEMA, OF_ROUTINES
from qb.kit.qualified import routine_parts
from qb.model.object import Identity
from qb.types.identifier import PUBLIC

_NOWHERE: Final = IN_NO_SCHEMA | {"grant", "default privileges", "external type"}
"""Kinds that live in no schema, or may."""


def sought(identity: Identity) -> Identity:
    """Where it is looked for; what lives in no schema stays as it is.

    >>> str(sought(Identity("table", "", "", "tasks")))
    'table public.tasks'
    """
    if identity.schema or identity.kind in _NOWHERE:
        return identity
    return Identity(identity.kind, PUBLIC, identity.table, identity.name)


def without_arguments(identity: Identity) -> Identity:
    """The identity of a function by its name alone: descriptors and the server spell types in two ways."""
    if identity.kind not in OF_ROUTINES:
        return identity
    return Identity(identity.kind, identity.schema, identity.table, routine_parts(identity.name)[0])
