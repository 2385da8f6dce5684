"""`qb pull`: a database as modules of typed descriptors."""

from __future__ import annotations

from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply, ReplyProblem
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.errors import NoPackageName
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

    from qb.kit.pull.files import PulledModule
    from qb.kit.pull.pulled import Pulled


class PulledFile(msgspec.Struct, frozen=True):
    """A module, and what became of it."""

    file: str
    state: str
    """new, same, changed, edited, moved or gone."""
    written: bool
    diff: str


class UnsaidObject(msgspec.Struct, frozen=True):
    """What no descriptor says."""

    object: str
    what: str
    carried: bool
    """Whether the modules hold it as SQL."""


class SampledColumn(msgspec.Struct, frozen=True):
    """A column of JSON whose documents were looked at."""

    column: str
    documents: int
    """Those that are not NULL."""
    rows: int
    complete: bool
    """Whether these are all rows of the table."""
    typed: bool
    """Whether a class was made: not where there is no document, one that is null, or one that cannot be read."""
    unread: int = 0
    """Documents that cannot be read."""


class PulledPackage(msgspec.Struct, frozen=True):
    """The modules of a database."""

    folder: str
    package: str
    files: tuple[PulledFile, ...]
    unsaid: tuple[UnsaidObject, ...]
    documents: tuple[SampledColumn, ...] = ()
    typed: int = 0
    """Expressions that are typed: defaults, checks, generated columns, conditions, what indexes are on."""
    raw: int = 0
    """Those that are SQL."""


@shell_command(
    "qb pull shop/database", "qb pull src/shop/database --schema public --schema app", "qb pull shop/database --check"
)
def perform(
    invocation: Invocation,
    folder: Annotated[Path, typer.Argument(help="The package that the modules are written into.")],
    *,
    package: Annotated[
        str | None, typer.Option(help="What it is imported as; else it follows from the folder, as shop.database.")
    ] = None,
    schema: Annotated[
        list[str] | None, typer.Option(help="Only this schema of PostgreSQL; may be given more than once.")
    ] = None,
    infer_json: Annotated[
        int | None, typer.Option(help="Make classes of documents by looking at so many rows of each table.", min=1)
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say what would change.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write over modules that were edited, too.")] = False,
) -> Reply[PulledPackage]:
    """Write a database as modules of typed descriptors.

    A module that was edited since an earlier pull is not written over: what would change is shown. It exits with 3
    where there is such a module, and with --check where anything would change. Where an earlier pull has made classes
    of documents --infer-json has to be said again: without it they would be lost.
    """
    from qb.kit.pull.documents import infer_json as inferred
    from qb.kit.pull.errors import ForgottenDocuments
    from qb.kit.pull.files import compare_modules, documents_module, write_modules
    from qb.kit.pull.pulled import pull
    from qb.kit.reader import introspect

    database = invocation.database()
    named = package or _package(folder, database.config.folder)
    if not all(each.isidentifier() and not iskeyword(each) for each in named.split(".")):
        raise NoPackageName(named, str(folder))
    if infer_json is None and (documents_there := documents_module(folder)) is not None:
        raise ForgottenDocuments(*documents_there)
    with invocation.connect(database) as db:
        with invocation.progress("Reading the catalog"):
            catalog = unwrap(introspect(db))
        documents = None
        if infer_json is not None:
            with invocation.progress("Looking at documents"):
                documents = unwrap(inferred(db, catalog, rows=infer_json))
    with invocation.progress("Writing modules"):
        found = pull(catalog, named, schemas=schema or (), ours=database.ours, documents=documents)
        modules = unwrap(compare_modules(found, folder) if check else write_modules(found, folder, overwrite=overwrite))
    written = {"new", "changed", *(("edited",) if overwrite else ())}
    files = tuple(PulledFile(each.file, each.state, not check and each.state in written, each.diff) for each in modules)
    unsaid = tuple(UnsaidObject(str(each.identity), each.what, each.carried) for each in found.unsaid)
    looked = tuple(
        SampledColumn(each.title, one.looked_at, one.rows, one.complete, one.is_typed, one.unread)
        for each, one in sorted((documents or {}).items())
    )
    told = any(each.partition(":")[0].partition(".")[0] == named.partition(".")[0] for each in database.schema)
    next_ = (
        None if check or told else f'schema = ["{named}"] in the config, for {database.name}: other commands read it'
    )
    differing = [
        each
        for each in files
        if (each.state in ("edited", "moved") and each.diff and not each.written) or (check and each.state != "same")
    ]
    return Reply(
        PulledPackage(str(folder), named, files, unsaid, looked, found.typed, found.raw),
        show=lambda: _shown(files, modules, found, looked, next_=next_, check=check),
        exit_code=ExitCode.DIFFERS if differing else ExitCode.DONE,
        problems=tuple(ReplyProblem(each.state, f"{each.file} is {each.state}", file=each.file) for each in differing),
        shows_problems=True,
    )


def _package(folder: Path, project: Path) -> str:
    """What a folder is imported as, from the project's or its src."""
    whole = folder.absolute()
    for root in (project.absolute() / "src", project.absolute()):
        if whole.is_relative_to(root) and whole != root:
            return ".".join(whole.relative_to(root).parts)
    return whole.name


def _shown(
    files: tuple[PulledFile, ...],
    modules: tuple[PulledModule, ...],
    found: Pulled,
    looked: tuple[SampledColumn, ...],
    *,
    next_: str | None,
    check: bool,
) -> Group:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table("module", "state", title="Pulled")
    if found.typed or found.raw:
        table.caption = f"{found.typed:,} expressions are typed, {found.raw:,} are SQL"
    for each in files:
        table.add_row(Text(each.file), _said(each))
    parts: list[Table | Text] = [table]
    shown = ("edited", "moved", "changed", "gone") if check else ("edited", "moved")
    parts += [Text(each.diff) for each in modules if each.state in shown and each.diff]
    if looked:
        parts.append(_coverage(looked))
    if found.unsaid:
        rest = Table("object", "what no descriptor says", "held", title="The rest")
        for one in found.unsaid:
            rest.add_row(Text(str(one.identity)), Text(one.what), "as SQL" if one.carried else "not")
        parts.append(rest)
    if next_ is not None:
        parts.append(Text(f"next: {next_}"))
    return Group(*parts)


def _coverage(looked: tuple[SampledColumn, ...]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("column", "documents", "of rows", "becomes", title="Documents")
    for each in looked:
        rows = f"all {each.rows:,}" if each.complete else f"the first {each.rows:,}"
        table.add_row(Text(each.column), f"{each.documents:,}", rows, _kept(each))
    return table


def _kept(column: SampledColumn) -> str:
    if column.unread:
        return f"kept as they are: {column.unread:,} cannot be read"
    return "a class" if column.typed else "kept as they are"


def _said(file: PulledFile) -> str:
    if file.written:
        return "written" if file.state != "edited" else "written over what was edited"
    return {
        "new": "would be written",
        "changed": "would be written",
        "same": "as it was",
        "edited": "edited, and so not written: see below",
        "moved": "not written: what is in it stands in another module, see below",
        "gone": "of nothing that is there any more: delete it",
    }[file.state]
