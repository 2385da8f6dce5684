"""What `qb check` is told to leave, and why: no part of what a database has."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from qb.model.object import Identity

Lint: TypeAlias = Literal[
    "auth-users-exposed",
    "constraint-not-valid",
    "cut-name",
    "definer-function-exposed",
    "definer-search-path",
    "deprecated-column-used",
    "directus-key",
    "directus-type",
    "disabled-trigger",
    "duplicate-index",
    "extension-in-public",
    "foreign-key-half-null",
    "foreign-key-sets-null",
    "foreign-key-twice",
    "foreign-key-type",
    "foreign-key-without-index",
    "index-on-boolean",
    "index-on-document",
    "invalid-index",
    "json-as-text",
    "limited-text",
    "money-column",
    "no-primary-key",
    "no-row-security",
    "padded-text",
    "policies-for-one-command",
    "policy-call-for-each-row",
    "policy-circle",
    "policy-for-every-row",
    "policy-trusts-user-metadata",
    "policy-without-row-security",
    "primary-key-of-32-bits",
    "public-may-create",
    "published-without-key",
    "redundant-index",
    "rewrite-rule",
    "row-security-without-policy",
    "sequence-beyond-column",
    "sequence-runs-out",
    "serial-column",
    "table-inheritance",
    "time-with-zone",
    "timestamp-without-zone",
    "unlogged-table",
    "unused-index",
    "view-past-row-security",
]
"""What `qb check` looks for, by name."""


class Silence(msgspec.Struct, frozen=True, order=True):
    """That something which `qb check` would tell is meant: what, of which objects, and why.

    >>> silence("serial-column", Task, because="an older program draws the numbers itself")
    <silence serial-column of table tasks>
    """

    lint: Lint
    on: tuple[Identity, ...]
    """Tables, columns and other objects; none for all of the schema."""
    because: str

    def __repr__(self) -> str:
        return f"<silence {self.lint}{' of ' if self.on else ''}{', '.join(map(str, self.on))}>"
