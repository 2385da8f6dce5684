"""What differs between two catalogs, as a value."""

from __future__ import annotations

from collections import Counter
from typing import Final, Literal, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.facts.base import Fact
from qb.model.object import Identity

Became: TypeAlias = Literal["missing", "added", "changed", "renamed", "weaker", "stronger"]
"""What became of an object: it is in the first catalog alone, in the second alone, in both and not the same; or the
second has it less strictly, or more (a constraint that is not valid, an index that is)."""
BECAME: Final[tuple[Became, ...]] = ("missing", "added", "changed", "renamed", "weaker", "stronger")


class FieldChange(msgspec.Struct, frozen=True):
    """A field of a fact that is not the same."""

    name: str
    before: object
    after: object


class ObjectChange(msgspec.Struct, frozen=True):
    """One object that differs, with what both servers say of it."""

    how: Became
    identity: Identity
    """As the second catalog calls it, where it has it."""
    before: Fact | None = None
    after: Fact | None = None
    fields: tuple[FieldChange, ...] = ()
    was: Identity | None = None
    """What the first one calls it, where it is renamed."""
    parts: tuple[Identity, ...] = ()
    """What went with it: the columns of a table, the index of a key."""

    def __str__(self) -> str:
        if self.how == "renamed" and self.was is not None:
            return f"renamed: {self.was} is {self.identity.title}"
        named = ", ".join(each.name.replace("_", " ") for each in self.fields)
        return f"{self.how}: {self.identity}{f' ({named})' if named else ''}"


class NotOurs(msgspec.Struct, frozen=True):
    """An object that differs and is somebody else's."""

    identity: Identity
    why: str


class Likely(msgspec.Struct, frozen=True):
    """What looks as if it had been renamed: the same but for its name."""

    before: Identity
    after: Identity

    def __str__(self) -> str:
        return f"{self.before} looks like {self.after.title}"


class Diff(msgspec.Struct, frozen=True):
    """What differs between two catalogs: nothing is left out, what is not ours stands beside.

    Equal by content. `diff.equal` says whether nothing of ours differs, `diff.exit_code` is what a command exits with.
    """

    changes: tuple[ObjectChange, ...] = ()
    not_ours: tuple[NotOurs, ...] = ()
    remarks: tuple[str, ...] = ()
    """What is said beside: what was not compared, which columns stand in another order."""
    likely: tuple[Likely, ...] = ()
    versions: tuple[int, int] = (0, 0)
    """Of both servers, as 180004."""

    @property
    def equal(self) -> bool:
        """Whether nothing of ours differs."""
        return not self.changes

    @property
    def exit_code(self) -> ExitCode:
        """What a command exits with: 0 where nothing of ours differs, else 3."""
        return ExitCode.DONE if self.equal else ExitCode.DIFFERS

    @property
    def counts(self) -> dict[Became, int]:
        """How many objects differ in each way, of those in which some do."""
        found = Counter(each.how for each in self.changes)
        return {how: found[how] for how in BECAME if found[how]}

    def __repr__(self) -> str:
        said = ", ".join(f"{number} {how}" for how, number in self.counts.items())
        return f"<diff: {said or 'equal'}>"


Differing: TypeAlias = Success[Diff] | Failure[DbError | KitError, Diff]
"""What comes back: a diff, or why there is none."""
