'''The command `qb`: what the kit's functions give, for people on a terminal and as JSON for programs.

A command is a typed function of `qb.kit` first; its module here asks it, and says what is shown. To add one, say
`size`, write the module `qb/kit/command/size.py`. It holds one function called `perform`:

    """`qb size`: how many tables a database has."""

    from __future__ import annotations

    from typing import Annotated

    import msgspec
    import typer

    from qb.errors.outcome import unwrap
    from qb.kit.command.frame.invocation import Invocation
    from qb.kit.command.frame.reply import Reply
    from qb.kit.command.frame.shell_command import shell_command
    from qb.kit.exit_code import ExitCode


    class Size(msgspec.Struct, frozen=True):
        """How much a database has."""

        tables: int


    @shell_command("qb size", "qb size --schema app --database production")
    def perform(
        invocation: Invocation,
        *,
        schema: Annotated[str | None, typer.Option(help="Only this schema of PostgreSQL.")] = None,
    ) -> Reply[Size]:
        """Say how many tables a database has.

        More of it, for `qb size --help`.
        """
        from qb.kit.reader import introspect  # here, so that `qb --help` need not load it

        db = invocation.connect(invocation.database())
        with invocation.progress("Reading the catalog"):
            catalog = unwrap(introspect(db))
        found = Size(sum(each.kind == "table" and schema in (None, each.schema) for each in catalog))
        code = ExitCode.DONE if found.tables else ExitCode.DIFFERS
        return Reply(found, show=lambda: f"{found.tables} tables", exit_code=code)

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
- Its test is `tests/kit/command/test_size.py`: `run("size", "--json")` of `tests/kit/command/commands.py` runs it in
  a project of its own. `tests/kit/command/test_commands.py` looks at every command without being told.
'''
