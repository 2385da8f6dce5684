"""`qb push`: makes a database of one's own what the schema says, without a migration."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from qb.kit.command.frame.asking import Answers, asked, questions_left
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.running import (
    Allow,
    Confirm,
    DryRun,
    Hint,
    LockTimeout,
    Wait,
    patience_of,
    rules_of,
    saying,
)
from qb.kit.command.frame.screen import printed
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.generating.questions import Question
    from qb.kit.pushing.push import Pushed, PushPlan


@shell_command(
    "qb push",
    "qb push --dry-run",
    "qb push --hint rename:users.name=users.full_name",
    "qb push --allow drop-column:quotes.total",
)
def perform(
    invocation: Invocation,
    *,
    hint: Hint = None,
    allow: Allow = None,
    dry_run: DryRun = False,
    wait: Wait = 60.0,
    lock_timeout: LockTimeout = 2.0,
    confirm: Confirm = None,
) -> Reply[Pushed | list[Question]]:
    """Make a database of one's own what the schema says, at once, and write no migration.

    What the database is and what the schema makes are compared, and what differs is shown as SQL, with its locks and
    what it loses, and run in one transaction. What is renamed, and what may be lost where rows are, has to be said: on
    a terminal it is asked, elsewhere it exits with 2, each question with the options to pass back. Exits with 4 where
    the database is not owned, or protected. The journal of migrations is left as it is.
    """
    from qb.errors.outcome import Failure, unwrap
    from qb.kit.config_choice import refuse_unless_free
    from qb.kit.generating.questions import AnswersNeeded
    from qb.kit.pushing.push import push

    database = invocation.database()
    refuse_unless_free(database, "qb push")
    wanted = invocation.schema(database)
    at = invocation.shadow_of(database)
    said = Answers(tuple(hint or ()), tuple(allow or ()))
    db = invocation.connect(database, direct=True)
    while True:
        found = push(
            db,
            wanted,
            hints=said.hints,
            allow=said.allow,
            dry_run=dry_run,
            rules=rules_of(database, confirm=confirm),
            within=database.ours,
            journal=database.journal,
            patience=patience_of(wait, lock_timeout),
            major=at.major,
            shadow=at.shadow,
            cache=at.cache,
            on_plan=lambda plan: None if dry_run else show_plan(plan, json=invocation.json),
            on_progress=saying(json=invocation.json),
        )
        error = found.failure() if isinstance(found, Failure) else None
        if not isinstance(error, AnswersNeeded):
            break
        more = asked(error, said, json=invocation.json)
        if more is None:
            return questions_left(error)
        said = more
    done = unwrap(found)
    return Reply(done, show=lambda: what_was_pushed(done, dry_run=dry_run), exit_code=done.exit_code)


def show_plan(plan: PushPlan, *, json: bool) -> None:
    """Show people what will be run, before it is."""
    if not json:
        printed("\n".join((*past(plan), plan.sql.rstrip("\n"))), sys.stderr)


def past(plan: PushPlan) -> list[str]:
    """That there are migrations, where there are."""
    if not plan.past:
        return []
    count = len(plan.past)
    which = f"1 migration, {plan.past[0]}" if count == 1 else f"{count} migrations, the last one is {plan.past[-1]}"
    return [
        f"-- the journal has {which}: this goes past {'it' if count == 1 else 'them'}, qb generate writes the next one"
    ]


def what_was_pushed(done: Pushed, *, dry_run: bool) -> str:
    """What it came to."""
    if not done.plan.statements:
        return "\n".join((*past(done.plan), "nothing to do: the database is what the schema says"))
    if dry_run:
        return "\n".join((*past(done.plan), done.plan.sql.rstrip("\n")))
    count = len(done.plan.statements)
    lines = [f"{count} statement{'' if count == 1 else 's'} run"]
    lines += [f"not what the schema says, after all: {each}" for each in done.left]
    return "\n".join(lines)
