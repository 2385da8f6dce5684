"""Who an object of a schema is among those of a database: where what names no schema is looked for."""

from __future__ import annotations

from typing import Final

from qb.kit.qualified import routine_parts
from qb.model.object import Identity
from qb.types.identifier import PUBLIC

_NOWHERE: Final = frozenset(
    (
        *("schema", "extension", "role", "membership", "publication", "subscription", "event trigger", "grant"),
        *("default privileges", "external type"),
    )
)
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
    if identity.kind not in ("function", "procedure", "aggregate"):
        return identity
    return Identity(identity.kind, identity.schema, identity.table, routine_parts(identity.name)[0])
