"""What commands share that work on a history: where it is replayed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.command.frame.reply import Reply, ReplyProblem
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from qb.kit.command.frame.invocation import Invocation
    from qb.kit.config_choice import ChosenDatabase
    from qb.kit.generating.questions import Question
    from qb.kit.history.history import History
    from qb.kit.history.migration import Migration
    from qb.kit.reworking.replays import Replays
    from qb.kit.running.migrating import Commutes

T = TypeVar("T")


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


def answered_or(outcome: Success[T] | Failure[Any, T], shown: Callable[[T], str]) -> Reply[T | list[Question]]:
    """What was done, or the questions that have to be answered before. Other errors are raised."""
    from qb.kit.generating.questions import AnswersNeeded

    error = outcome.failure() if isinstance(outcome, Failure) else None
    if not isinstance(error, AnswersNeeded):
        done = unwrap(outcome)
        return Reply(done, show=lambda: shown(done))
    problems = tuple(
        ReplyProblem(error.code, each.message, each.about, fix=" or ".join(each.answers)) for each in error.questions
    )
    return Reply(list(error.questions), exit_code=ExitCode.ANSWERS_NEEDED, problems=problems)
