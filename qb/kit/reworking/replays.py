"""What migrations make in an order that somebody wants to know of: replayed on a shadow, which keeps what it found."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from qb.errors.outcome import unwrap
from qb.kit.catalog import Catalog
from qb.kit.diffs.compare import diff
from qb.kit.generating.replay import replayed
from qb.kit.history.history import History
from qb.kit.history.migration import Migration, OursRecord
from qb.kit.ours.value import Ours
from qb.kit.planning.fingerprint import JOURNAL, fingerprint
from qb.model.object import Identity
from qb.model.target import NEWEST


class Replays(msgspec.Struct, frozen=True, kw_only=True):
    """Where migrations are replayed, and what of the catalog is looked at. KitErrors and DbErrors are raised.

    >>> from qb.kit.history.migration import Migration, OursRecord
    >>> from qb.kit.reworking.replays import Replays
    >>> one, two = Migration(id="0001_a", up="CREATE TABLE a ();"), Migration(id="0002_b", up="CREATE TABLE b ();")
    >>> replays = Replays()
    >>> replays.fingerprint([one, two]) == replays.fingerprint([two, one])
    True
    """

    ours: Ours = Ours()
    wanted: Catalog | None = None
    """What the schema says, where there is one: what of it is somebody else's is there before."""
    journal: str = JOURNAL
    major: int = NEWEST
    shadow: str | None = None
    cache: Path | str | None = None

    def catalog(self, migrations: Iterable[Migration]) -> Catalog:
        """What they make of nothing, in this order."""
        history = History(migrations=tuple(migrations))
        wanted = Catalog({}, {}) if self.wanted is None else self.wanted
        return unwrap(replayed(history, wanted, self.ours, major=self.major, shadow=self.shadow, cache=self.cache))

    def fingerprint(self, migrations: Iterable[Migration]) -> str:
        """The fingerprint of that."""
        return fingerprint(self.catalog(migrations), self.ours, journal=self.journal)

    def print_of(self, catalog: Catalog, record: OursRecord | None = None) -> str:
        """The fingerprint of a catalog; with a record of what was ours then."""
        return fingerprint(catalog, self.ours.as_of(record), journal=self.journal)

    def changed(self, before: Catalog, after: Catalog) -> tuple[Identity, ...]:
        """What of it is not the same."""
        return tuple(each.identity for each in diff(before, after, ours=self.ours).changes)
