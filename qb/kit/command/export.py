"""`qb export`: the schema for programs that do not use qb, or that have a copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.looked_at import Modules, looked_at
from qb.kit.command.frame.reply import Reply, ReplyProblem
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.errors import InvalidConfig
from qb.kit.exit_code import ExitCode

_Exported = Literal["sqlalchemy", "package"]


class ExportedFile(msgspec.Struct, frozen=True):
    """One file, and what became of it."""

    file: str | None
    state: str
    """written, same, stale, missing, removed, left over or printed."""
    text: str | None = None
    """Where it went to no file."""


@shell_command(
    "qb export sqlalchemy --out legacy/models.py",
    "qb export package --to functions/shared/tables",
    "qb export package --to functions/shared/tables --check",
)
def perform(
    invocation: Invocation,
    *,
    what: Annotated[_Exported, typer.Argument(help="Models of SQLAlchemy, or a package that stands by itself.")],
    modules: Modules = None,
    out: Annotated[Path | None, typer.Option(help="sqlalchemy: the file; without it the text is printed.")] = None,
    to: Annotated[Path | None, typer.Option(metavar="DIR", help="package: the folder that becomes it.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing: exit with 3 where a file is stale.")] = False,
) -> Reply[list[ExportedFile]]:
    """Write the schema for other programs: as models of SQLAlchemy, or as a copy of its modules.

    The models create the same tables, with keys, checks, indexes and enums. A package is a copy of the modules with all
    of the project that they import; imports among them are rewritten, and each file says what it is a copy of. With
    --check nothing is written, and it exits with 3 where something is stale.
    """
    files = (
        _models(invocation, modules, out, check=check)
        if what == "sqlalchemy"
        else _package(invocation, modules, to, check=check)
    )
    stale = [each for each in files if each.state in ("stale", "missing", "left over")]
    again = f"qb export {what}" + (f" --out {out}" if out is not None else f" --to {to}" if to is not None else "")
    problems = tuple(
        ReplyProblem("stale-output", f"{each.file} is {each.state}: {again} writes it", file=each.file, fix=again)
        for each in stale
    )
    changed = [each for each in files if each.state != "same"]
    shown = "\n".join(each.text or f"{each.file}: {each.state}" for each in changed) or "all of it is the same"
    code = ExitCode.DIFFERS if stale else ExitCode.DONE
    return Reply(files, show=shown.rstrip("\n"), exit_code=code, problems=problems, shows_problems=True)


def _models(invocation: Invocation, modules: list[str] | None, out: Path | None, *, check: bool) -> list[ExportedFile]:
    from qb.kit.exporting.sqlalchemy_models import sqlalchemy_models
    from qb.kit.outputs.output_files import put_file
    from qb.kit.validating.classes import classes_of

    found = looked_at(invocation, modules, live=False)
    assert found.schema is not None
    names = {
        f"{table.source.schema or 'public'}.{table.source.name}": cls.__name__
        for table, cls in classes_of(found.schema, external=True).items()
    }
    text = sqlalchemy_models(found.catalog, names=names)
    if out is None:
        return [ExportedFile(None, "printed", text)]
    return [ExportedFile(str(out), unwrap(put_file(out, text, check=check)))]


def _package(invocation: Invocation, modules: list[str] | None, to: Path | None, *, check: bool) -> list[ExportedFile]:
    from qb.kit.exporting.package_copy import export_package

    if to is None:
        raise InvalidConfig("qb export package", None, "--to", "say which folder becomes the package")
    database = None if modules else invocation.database()
    names, folder = (modules or [], Path.cwd()) if database is None else (list(database.schema), database.config.folder)
    copied = unwrap(export_package(names, to, folder=folder, check=check))
    return [ExportedFile(each.file, each.state) for each in copied]
