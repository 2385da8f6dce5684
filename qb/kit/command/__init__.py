'''The command `qb`: what the kit's functions give, for people on a terminal and as JSON for programs.

A command is a typed function of `qb.kit` first; its module here asks it, and says what is shown. To add one, say
`drift`, write the module `qb/kit/command/drift.py`. It holds one function called `perform`:

    """`qb drift`: whether a database is what its schema says."""

    from __future__ import annotations

    from typing import Annotated

    import typer

    from qb.kit.command.frame.invocation import Invocation
    from qb.kit.command.frame.reply import Reply
    from qb.kit.command.frame.shell_command import shell_command
    from qb.kit.exit_code import ExitCode


    @shell_command("qb drift", "qb drift --database production --sql schema.sql")
    def perform(
        invocation: Invocation,
        *,
        sql: Annotated[Path | None, typer.Option(help="A dump to look at in the database's place.")] = None,
    ) -> Reply[Drift]:
        """Say whether a database is what its schema says.

        More of it, for `qb drift --help`.
        """
        from qb.kit.drift import drift  # here, so that `qb --help` need not load it

        database = invocation.database()
        with invocation.connect(database) as db, invocation.progress("Reading the catalog"):
            found = unwrap(drift(invocation.schema(database), db))
        differs = ExitCode.DIFFERS if found.changes else ExitCode.DONE
        return Reply(found, show=lambda: as_tree(found), exit_code=differs)

and add one line to `QB_COMMANDS` in `qb/kit/command/application.py`. That is all:

- The examples of `@shell_command` stand below `--help`; the docstring is what `--help` says, its first line what `qb
  --help` says. Neither has square brackets in it, which rich would take for markup.
- Parameters are typer's. `--json`, `--database` and `--config` are there without being declared:
  `invocation.database()` and the like read them.
- Errors are raised (`unwrap(outcome)`): a KitError, DbError, QbError or SqlFileError is shown, and exits with its
  `exit_code`, 1 unless its class says another. Nothing prints, and nothing calls `sys.exit`.
- `Reply(data)`: `data` is what msgspec can encode, and `--json` gives it. `show` is text, or what rich can print (a
  table, a tree), or a function that makes it, which is called without `--json` alone; import rich inside of it. Text in
  it may hold anything: it is shown as it is, control characters made visible. `problems` are what is wrong: `--json`
  has them apart, people see them below what is shown (`shows_problems=True` where `show` has them already).
- No password and no value of a row in any of it; an address is shown as `database.shown` or `redact(url)`.
- Its test is `tests/kit/command/test_drift.py`: `run("drift", "--json")` of `tests/kit/command/commands.py` runs it in
  a project of its own. `tests/kit/command/test_commands.py` looks at every command without being told.
'''
