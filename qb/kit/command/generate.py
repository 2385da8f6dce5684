"""`qb generate`: writes the migration from the last one to what the schema says."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from qb.errors.outcome import Failure
from qb.kit.command.frame.asking import Answers, asked, questions_left
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.running import Allow, DryRun, Hint
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.generating.generate import Generated
    from qb.kit.generating.questions import Question
    from qb.kit.running.forecasting import Forecast


@shell_command(
    "qb generate",
    "qb generate --name 'add slug'",
    "qb generate --hint rename:users.name=users.full_name",
    "qb generate --hint 'fill:users.slug=lower(name)'",
    "qb generate --allow drop-column:quotes.total --json",
    "qb generate --expand --hint rename:users.name=users.full_name",
    "qb generate --against postgresql://localhost/shop",
    "qb generate --custom --name 'count visits'",
)
def perform(
    invocation: Invocation,
    *,
    name: Annotated[str | None, typer.Option(help="What it is called; without it, after what it does.")] = None,
    hint: Hint = None,
    allow: Allow = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="All in one transaction: for a database that is small, or new.")
    ] = False,
    expand: Annotated[
        bool, typer.Option("--expand", help="In several migrations, so that old code and new code both run meanwhile.")
    ] = False,
    custom: Annotated[
        bool, typer.Option("--custom", help="Empty files, for SQL of one's own; qb prove tries it.")
    ] = False,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="A database to say sizes and times of, or one of the config; it is only read."
        ),
    ] = None,
    dry_run: DryRun = False,
) -> Reply[Generated | list[Question]]:
    """Write the migration from the last one to what the schema says, and its way back.

    The migrations are replayed on a shadow server, and the schema made beside them; what differs is planned, and proved
    with rows before it is written. No database of yours is asked. Exits with 0 and writes nothing where nothing has
    changed, with 2 where somebody has to say what is renamed or may be lost, and nobody is asked at a terminal: each
    question has the options to pass back.
    """
    from qb.errors.outcome import unwrap
    from qb.kit.generating.generate import generate
    from qb.kit.generating.questions import AnswersNeeded

    database = invocation.database()
    if custom:
        from qb.kit.generating.custom import generate_custom

        made = unwrap(
            generate_custom(database.migrations, name or "custom", layout=database.layout, prefix=database.prefix)
        )
        return Reply(made, show=lambda: "\n".join(made.files))
    at = invocation.shadow_of(database)
    wanted = invocation.schema(database)
    said = Answers(tuple(hint or ()), tuple(allow or ()))
    while True:
        with invocation.progress("Planning, and proving it with rows"):
            found = generate(
                wanted,
                database.migrations,
                name=name,
                hints=said.hints,
                allow=said.allow,
                plain=plain,
                expand=expand,
                dry_run=dry_run,
                layout=database.layout,
                prefix=database.prefix,
                within=database.ours,
                journal=database.journal,
                major=at.major,
                shadow=at.shadow,
                cache=at.cache,
            )
        error = found.failure() if isinstance(found, Failure) else None
        if not isinstance(error, AnswersNeeded):
            break
        more = asked(error, said, json=invocation.json)
        if more is None:
            return questions_left(error)
        said = more
    made = unwrap(found)
    if against is not None and made.id is not None:
        told = [replace(each, forecast=_forecast(invocation, against, each)) for each in (made, *made.more)]
        made = replace(told[0], more=tuple(told[1:]))
    return Reply(made, show=lambda: _shown(made, dry_run=dry_run))


def _forecast(invocation: Invocation, against: str, made: Generated) -> Forecast:
    """What it meets in a database, by its address or its name in the config: only read."""
    from qb.errors.outcome import unwrap
    from qb.kit.running.forecasting import forecast
    from qb.run.server.url import redact

    if "://" in against or "=" in against:
        db = invocation.open(against, "database of --against", redact(against))
    else:
        db = invocation.connect(invocation.database(against))
    return unwrap(forecast(db, made.migration))


def _shown(made: Generated, *, dry_run: bool) -> str:
    if made.id is None:
        return "nothing has changed"
    lines: list[str] = []
    for each in (made, *made.more):
        lines += [f"-- {each.id}, up", each.up, "-- down", each.down] if dry_run else each.files
    lines.append(f"proved up and down, with {made.rows} rows")
    for before, each in pairwise((made, *made.more)):
        if each.contract:
            lines.append(
                f"qb migrate runs what comes up to {before.id}; when no old code runs, qb migrate --contract {each.id} "
                "takes away what it uses"
            )
    if made.unfilled:
        lines.append(f"no row could be made for {', '.join(made.unfilled)}")
    if made.unfit:
        lines.append(f"no row that was made fits the change in {', '.join(made.unfit)}: of theirs nothing is proved")
    lost = dict.fromkeys(name for each in (made, *made.more) for name in each.down_loses)
    if lost:
        lines.append(f"the way back loses {', '.join(lost)}")
    for one in (made, *made.more):
        if one.forecast is not None:
            of = f"{one.id}, " if made.more else ""
            lines += [f"{of}statement {each.number}: {each}" for each in one.forecast.statements if each.tables]
            lines.append(str(one.forecast))
    return "\n".join(lines)
