"""`qb types`: writes what others read of the schema: TypeScript, JSON Schema, OpenAPI."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import msgspec
import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.looked_at import Modules, looked_at
from qb.kit.command.frame.reply import Reply, ReplyProblem
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.errors import InvalidConfig
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qb.kit.config_choice import ChosenDatabase
    from qb.kit.outputs.output_files import OutputKind

_Written = Literal["typescript", "json-schema", "openapi"]


class TypesFile(msgspec.Struct, frozen=True):
    """One file, and what became of it."""

    kind: str
    file: str | None
    state: Literal["written", "same", "stale", "missing", "printed"]
    text: str | None = None
    """Where it went to no file."""


@shell_command(
    "qb types",
    "qb types --check",
    "qb types typescript --out frontend/schema.ts",
    "qb types json-schema shop.tables",
)
def perform(
    invocation: Invocation,
    *,
    kind: Annotated[
        _Written | None, typer.Argument(help="Which one; without it all outputs that the config names.")
    ] = None,
    modules: Modules = None,
    out: Annotated[Path | None, typer.Option(help="The file; without it that of the config, else none.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing: exit with 3 where a file is stale.")] = False,
) -> Reply[list[TypesFile]]:
    """Write what others read of the schema: TypeScript for Supabase's clients, JSON Schema, OpenAPI.

    Without a name all outputs of the config are written anew, the dictionary and the diagram, too. A file that says the
    same already is not touched. With --check nothing is written, and it exits with 3 where a file is stale or missing.
    """
    from qb.kit.outputs.json_documents import json_schema_document, openapi_document
    from qb.kit.outputs.output_files import write_outputs
    from qb.kit.outputs.typescript import typescript

    name: OutputKind | None = None if kind is None else ("json_schema" if kind == "json-schema" else kind)
    database = None if modules and out is not None else _database(invocation, needed=not modules)
    files = _files(database, name, out)
    found = looked_at(invocation, modules, live=False)
    assert found.schema is not None
    if not files:
        assert name is not None
        if name == "typescript":
            text = typescript(found.catalog)
        else:
            text = (json_schema_document if name == "json_schema" else openapi_document)(found.schema)
        return Reply([TypesFile(name, None, "printed", text)], show=text.rstrip("\n"))
    written = unwrap(write_outputs(found.schema, found.catalog, files, check=check))
    data = [TypesFile(each.kind, each.file, each.state) for each in written]
    stale = [each for each in data if each.state in ("stale", "missing")]
    problems = tuple(
        ReplyProblem("stale-output", f"{each.file} is {each.state}: qb types writes it", file=each.file, fix="qb types")
        for each in stale
    )
    code = ExitCode.DIFFERS if stale else ExitCode.DONE
    shown = "\n".join(f"{each.file}: {each.state}" for each in data)
    return Reply(data, show=shown, exit_code=code, problems=problems, shows_problems=True)


def _database(invocation: Invocation, *, needed: bool) -> ChosenDatabase | None:
    from qb.kit.errors import NoConfig

    try:
        return invocation.database()
    except NoConfig:
        if needed:
            raise
        return None


def _files(database: ChosenDatabase | None, name: OutputKind | None, out: Path | None) -> Mapping[OutputKind, Path]:
    from qb.kit.outputs.output_files import OutputKind

    if name is not None and out is not None:
        return {name: out}
    named: dict[OutputKind, Path] = {}
    for each in get_args(OutputKind):
        if database is not None and each in database.outputs and name in (None, each):
            named[each] = database.outputs[each]
    if name is None and not named and database is not None:
        config, place = database.config, f"tool.qb.databases.{database.name}.outputs"
        message = 'no output is named: say outputs = { typescript = "schema.ts" } there, or name one: qb types openapi'
        raise InvalidConfig(str(config.file), config.line(place), place, message)
    return named
