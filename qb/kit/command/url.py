"""`qb url`: the address of a database, for other programs."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from typing import Annotated

import msgspec
import typer

from qb.kit.command.frame.ended import ended_as_by_ctrl_c
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.shell_command import shell_command


class ShownAddress(msgspec.Struct, frozen=True):
    """Where a database is, without a password."""

    database: str
    address: str
    origin: str
    """Where the address is from."""


@shell_command("qb url", "qb url --run", "qb url --database production --direct")
def perform(
    invocation: Invocation,
    *,
    direct: Annotated[bool, typer.Option("--direct", help="The one without a pooler, where migrations go.")] = False,
    run: Annotated[
        bool,
        typer.Option(
            "--run", help="Keep the embedded server running until Ctrl-C or SIGTERM: it ends with its last user."
        ),
    ] = False,
) -> Reply[ShownAddress]:
    """Print the address of a database, for psql and other programs.

    The address of the embedded server is always the same, and somebody answers there as long as a program uses it:
    --run does. A password is not shown: psql takes it from PGPASSWORD, or from its file .pgpass.
    """
    from qb.kit.command.frame.screen import printed
    from qb.kit.config_choice import at_home
    from qb.run.server.url import redact

    database = invocation.database()
    if database.url is not None:
        at, origin = database.shown, database.origin
        if direct:
            at, origin = database.direct_shown, database.direct_origin
        return Reply(ShownAddress(database.name, at, origin), show=at)
    with at_home(database) as server:
        at = redact(server.url)
        found = ShownAddress(database.name, at, database.origin)
        if not run:
            return Reply(found, show=at)
        printed(f"{at} answers until Ctrl-C", sys.stderr)
        with suppress(KeyboardInterrupt), ended_as_by_ctrl_c():
            threading.Event().wait()
    return Reply(found)
