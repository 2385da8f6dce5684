"""What a lint says: a finding. What a check gives: all of them, and what was silenced."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from qb.model.object import Identity
from qb.model.silence import Lint, Silence

Level: TypeAlias = Literal["warning", "note"]
"""A warning is likely a mistake; a note may be one."""


class Finding(msgspec.Struct, frozen=True):
    """Something that is legal and likely a mistake: where, what it means, and what to do.

    >>> print(
    ...     Finding("no-primary-key", "warning", Identity("table", "public", "", "notes"), "no row is ...", "add one")
    ... )
    public.notes: no row is ...: add one [no-primary-key]
    """

    lint: Lint
    level: Level
    on: Identity
    text: str
    fix: str
    about: tuple[Identity, ...] = ()
    """What else it is about, such as the columns of a key: a silence of these is one of it."""
    file: str | None = None
    """Where what it is on is declared, from where one is; None where no class of a table says that."""
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.on.title or self.on.kind}: {self.text}: {self.fix} [{self.lint}]"


class Silenced(msgspec.Struct, frozen=True):
    """A finding that was expected, and what says so."""

    finding: Finding
    by: Silence


class Checked(msgspec.Struct, frozen=True):
    """What `check` gives."""

    findings: tuple[Finding, ...]
    """In the order of the objects."""
    silenced: tuple[Silenced, ...] = ()
    stale: tuple[Silence, ...] = ()
    """Silences that no finding asks for: they can go."""

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that are more than a note."""
        return tuple(each for each in self.findings if each.level == "warning")
