"""`qb rehearse`: runs what is to be run on a copy of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.migrating import ShowKeys
from qb.kit.command.frame.reply import Reply, ReplyProblem
from qb.kit.command.frame.running import Allow, address_of, history_of_config
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.rehearsing.rehearse import Rehearsed


@shell_command("qb rehearse", "qb rehearse --database production --schema-only")
def perform(
    invocation: Invocation,
    *,
    schema_only: Annotated[bool, typer.Option("--schema-only", help="Copy no rows.")] = False,
    show_keys: ShowKeys = False,
    allow: Allow = None,
) -> Reply[Rehearsed]:
    """Copy the database onto a server that is thrown away, run there what is to be run, undo it, and compare.

    The copy is made by pg_dump of the server's own version, which only reads. It says how long each migration took:
    about as long as it will take. Where the config has a schema all rows of the copy are read before and behind it, as
    qb validate does. Exits with 3 where a migration failed, rows are no more what the schema says, or it was not undone
    wholly.
    """
    from qb.kit.ours.value import Ours
    from qb.kit.rehearsing.rehearse import rehearse
    from qb.run.server.embedded import project_folder

    database = invocation.database()
    history = history_of_config(database)
    cache = project_folder(database.config.folder) / "cache"
    with invocation.progress("Copying the database, and migrating the copy"), address_of(database) as address:
        done = unwrap(
            rehearse(
                address,
                history,
                ours=Ours((database.ours,)),
                journal=database.journal,
                allow=allow or (),
                rows=not schema_only,
                schema=invocation.schema(database) if database.schema and not schema_only else None,
                show_keys=show_keys,
                cache=cache,
            )
        )
    problems = tuple(
        ReplyProblem(each.kind.replace(" ", "-"), str(each), object=f"table {each.table}", fix=each.fix)
        for each in done.problems
    )
    return Reply(done, show=lambda: _shown(done), exit_code=done.exit_code, problems=problems, shows_problems=True)


def _shown(done: Rehearsed) -> str:
    lines = [f"{each.seconds:8.3f} s  {each.id}" for each in done.migrations]
    lines += [f"not what the schema says: {each.kind} {each}" for each in done.problems]
    lines += [f"not before either: {each.kind} {each}" for each in done.failing]
    if done.failed is not None:
        lines.append(f"it fails: {done.failed}")
    elif not done.migrations:
        lines.append("nothing is to be run")
    elif done.left:
        lines.append(f"undone, and these are not what they were: {', '.join(done.left)}")
    elif done.undone:
        lines.append("all of it was undone, and the copy is what it was")
    else:
        lines.append("not undone: there is no down of some")
    return "\n".join(lines)
