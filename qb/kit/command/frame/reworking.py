"""What commands share that work on a history: where it is replayed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qb.errors.outcome import unwrap

if TYPE_CHECKING:
    from qb.kit.command.frame.invocation import Invocation
    from qb.kit.config_choice import ChosenDatabase
    from qb.kit.history.history import History
    from qb.kit.history.migration import Migration
    from qb.kit.reworking.replays import Replays
    from qb.kit.running.migrating import Commutes


def replays_of(invocation: Invocation, database: ChosenDatabase) -> Replays:
    """As the config and its schema say."""
    from qb.kit.ours.value import Ours, ours_of
    from qb.kit.reworking.replays import Replays
    from qb.kit.shadow import canonical
    from qb.model.target import NEWEST
    from qb.run.server.embedded import project_folder

    cache = project_folder(database.config.folder) / "cache"
    major = database.major or NEWEST
    ours, wanted = Ours((database.ours,)), None
    if database.schema:
        schema = invocation.schema(database)
        ours = ours_of(schema, within=database.ours)
        wanted = unwrap(canonical(schema, major=major, shadow=database.shadow, cache=cache))
    return Replays(ours=ours, wanted=wanted, journal=database.journal, major=major, shadow=database.shadow, cache=cache)


def commuting_of(invocation: Invocation, database: ChosenDatabase, history: History) -> Commutes:
    """Whether a late migration goes together with what is applied; a shadow is asked where there is one."""

    def commutes(late: Migration, applied: Sequence[Migration]) -> bool:
        from qb.kit.reworking.merging import commuting

        return commuting(history, replays_of(invocation, database))(late, applied)

    return commutes
