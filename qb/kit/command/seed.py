"""`qb seed`: fills a database with what the config names, or with rows that are made up."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.running import Confirm, rules_of
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.errors import InvalidConfig
from qb.kit.seeding.report import GeneratedTable


class FilledDatabase(msgspec.Struct, frozen=True):
    """What `qb seed` has done."""

    seeds: tuple[str, ...]
    """Those that were run."""
    changed: tuple[str, ...]
    """The tables that they have changed."""
    generated: tuple[GeneratedTable, ...]
    """With --generate: what was made up for each table."""


@shell_command(
    "qb seed",
    "qb seed --twice",
    "qb seed --generate 1000 --seed 7",
    "qb seed shop.seeds:demo --database staging --confirm staging",
)
def perform(
    invocation: Invocation,
    *,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SEED]...", help="module:function or a .sql file; without one those of the config."),
    ] = None,
    twice: Annotated[
        bool, typer.Option("--twice", help="Run them again: nothing is kept if that changes rows.")
    ] = False,
    generate: Annotated[
        int | None, typer.Option(min=0, metavar="ROWS", help="Make up so many rows for each table that holds none.")
    ] = None,
    seed_: Annotated[int, typer.Option("--seed", help="The same number gives the same rows.")] = 0,
    tables: Annotated[list[str] | None, typer.Option("--names", help="Tables to make rows up for, as order*.")] = None,
    leave: Annotated[list[str] | None, typer.Option(help="Tables to leave as they are, as audit_*.")] = None,
    confirm: Confirm = None,
) -> Reply[FilledDatabase]:
    """Fill a database with the seeds that the config names, or with rows that are made up.

    Seeds are functions that are given a transaction, and SQL files; all of them run in one transaction. They put in
    what is not there yet, so that they can be run again: --twice tries it. With --generate rows are made up instead
    that are what the descriptors say; with the same --seed they are the same. A table that holds rows is left alone.
    Exits with 4 where the database may not be changed.
    """
    from qb.kit.running.rules import refuse_owner
    from qb.kit.seeding.seeds import Seeded, load_seeds, seed

    database = invocation.database()
    refuse_owner(rules_of(database, confirm=confirm))
    wanted = tuple(names or ()) or (database.seeds if generate is None else ())
    if not wanted and generate is None:
        config, place = database.config, f"tool.qb.databases.{database.name}.seeds"
        message = 'no seed is named: say seeds = ["shop.seeds:fill"] there, or qb seed --generate 100'
        raise InvalidConfig(str(config.file), config.line(place), place, message)
    done = Seeded((), ())
    made: tuple[GeneratedTable, ...] = ()
    schema = None if generate is None else invocation.schema(database)
    seeds = unwrap(load_seeds(wanted, folder=database.config.folder))
    db = invocation.connect(database)
    if seeds:
        done = unwrap(seed(db, seeds, twice=twice))
    if generate is not None and schema is not None:
        from qb.declare.ours import matching
        from qb.kit.seeding.generating_rows import generate_rows

        of = matching(names=tables or (), leave=leave or ())
        with invocation.progress("Making up rows", len(schema.tables)) as steps:
            told = generate_rows(schema, db, generate, seed=seed_, of=of, told=lambda table, rows: steps.done())
            found = unwrap(told)
        made = found.tables
    data = FilledDatabase(done.seeds, done.changed, made)
    return Reply(data, show=lambda: _shown(data))


def _shown(data: FilledDatabase) -> str:
    lines: list[str] = []
    if data.seeds:
        changed = f"changed {', '.join(data.changed)}" if data.changed else "nothing was to be changed"
        lines.append(f"{', '.join(data.seeds)}: {changed}")
    for each in data.generated:
        if each.held:
            lines.append(f"{each.table}: it holds rows, and is left as it is")
        else:
            short = "" if each.short is None else f", and no more: {each.short}"
            lines.append(f"{each.table}: {each.rows} row{'' if each.rows == 1 else 's'}{short}")
    return "\n".join(lines) or "no table is to be filled"
