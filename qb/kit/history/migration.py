"""One migration, as a value: its SQL up and down, what it follows, and what was found of each of its statements."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import msgspec

from qb.kit.history.checksum import checksum
from qb.kit.history.segments import SqlSegment, segments
from qb.model.filter import Filter
from qb.model.object import Identity


class StepRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one statement when it ran on a clone. The statement itself stands in the SQL file alone."""

    number: int
    """Its place among the statements of the file, from 1."""
    sql_sha: str
    """`checksum` of its text: a file that was edited is told by it."""
    lock: str | None = None
    """The strongest lock that it takes on a table that was there before, as PostgreSQL calls it."""
    locks: Mapping[str, str] = {}
    """The strongest lock on each of those tables."""
    rewrites: tuple[str, ...] = ()
    """Tables that it writes anew."""
    scans: tuple[str, ...] = ()
    """Tables that it reads from end to end."""
    loses: tuple[str, ...] = ()
    """What it loses, as `--allow` takes it: `drop-column:public.quotes.total`."""
    keeps: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    """What its text might lose and it does not, as the plan knows that wrote it: `retype:quotes.total` of a longer
    type. Where it is set nothing else is asked of its names. Unset of what people wrote."""
    offends: str | msgspec.UnsetType = msgspec.UNSET
    """What counts the rows that it fails for, in a database that has not run any of the migration."""
    transactional: bool = True
    reversible: bool = True
    says: str = ""
    """One line for people."""


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen on a clone before the files were written."""

    up: bool = False
    """That the up gives the wanted catalog."""
    down: bool = False
    """That the down gives the one before."""
    rows: int = 0
    """How many rows were the same afterwards."""


class OursRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Whose the objects were, as the config and the schema said when fingerprints were taken."""

    filters: tuple[Filter, ...] = ()
    """What had to cover what is ours."""
    external: tuple[Identity, ...] = ()
    """What was declared as somebody else's."""


class Migration(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One node of the history.

    >>> from qb.kit.history.migration import Migration
    >>> Migration(id="0002_add_slug", parents=("0001_init",), up="ALTER TABLE users ADD slug text;")
    <migration 0002_add_slug>
    """

    id: str
    """What its files are called, prefix and name: `20261122_093000_add_slug`, `0002_add_slug`."""
    parents: tuple[str, ...] = ()
    """What it follows: none for a first one, several where heads are joined."""
    up: str = ""
    down: str | None = None
    """None where nobody has written one."""
    data_steps: str | None = None
    """The text of `steps.py`."""
    before: str | None = None
    """Fingerprint of the catalog that it begins with. None where that is not known, as of what is written by hand."""
    after: str | None = None
    between: Mapping[str, str] = {}
    """Fingerprints behind those segments of its up that are run outside of a transaction, by their numbers."""
    ours: OursRecord | None = None
    """Of what those are fingerprints. None where nobody has noted it: of what is ours today."""
    major: int | None = None
    """The server's version that it was planned for."""
    up_steps: tuple[StepRecord, ...] = ()
    down_steps: tuple[StepRecord, ...] = ()
    renames: tuple[str, ...] = ()
    """What was said to be a rename: `users.name=users.full_name`."""
    proved: Proof | None = None
    allowed: tuple[str, ...] = ()
    """What was named as lost when it was made."""
    replaces: tuple[str, ...] = ()
    """The migrations that were put into it: a database that has all of them has it."""
    contract: bool = False
    """Whether it takes away what old code uses, at the end of a change that was made in several."""
    recorded: tuple[str, str | None] | None = None
    """Checksums of up and down as its JSON has them; None where there is no JSON."""
    file: str = ""
    """Where its SQL was read from, for messages."""
    down_file: str = ""
    parts: tuple[str, ...] = ()
    """Of the flat layout: the files that its up is cut into, where there are several."""

    def __repr__(self) -> str:
        return f"<migration {self.id}>"

    @cached_property
    def checksum(self) -> str:
        """What the journal keeps of it: of the up, and of its data steps. A down may be mended later."""
        return checksum(self.up if self.data_steps is None else f"{self.up}\0{self.data_steps}")

    @cached_property
    def up_segments(self) -> tuple[SqlSegment, ...]:
        """How its up is run, cut once. Raises `SqlFileError`."""
        return segments(self.up, self.file or f"{self.id}/up.sql")

    @cached_property
    def down_segments(self) -> tuple[SqlSegment, ...]:
        """How its down is run. Raises `SqlFileError`."""
        return segments(self.down or "", self.down_file or f"{self.id}/down.sql")

    @property
    def edited(self) -> bool:
        """Whether its SQL is not what was proved."""
        if self.recorded is None:
            return False
        down = None if self.down is None else checksum(self.down)
        return self.recorded != (checksum(self.up), down)

    @property
    def is_proved(self) -> bool:
        """Whether it was proved, as it is."""
        return self.proved is not None and self.proved.up and not self.edited

    @property
    def is_down_proved(self) -> bool:
        """Whether its down was proved, as it is."""
        return self.proved is not None and self.proved.down and not self.edited
