"""`qb dev`: a database of one's own follows the schema, once or at every save, and the files that others read, too."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from qb.kit.command.frame.asking import Answers, asked, questions_left
from qb.kit.command.frame.ended import ended_as_by_ctrl_c
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import EXPECTED, Reply, problem_of
from qb.kit.command.frame.running import Allow, Confirm, Hint, LockTimeout, Wait, patience_of, rules_of, saying
from qb.kit.command.frame.saves import no_bytecode, saves
from qb.kit.command.frame.screen import complain, printed
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.command.push import show_plan, what_was_pushed
from qb.kit.errors import KitError, Refused

if TYPE_CHECKING:
    from qb.kit.config_choice import ChosenDatabase
    from qb.kit.developing import Developed, Developing
    from qb.kit.generating.questions import Question
    from qb.run.database.database import Database


class WatchedJson(KitError):
    """Two options that cannot both be."""

    code = "usage"

    def __str__(self) -> str:
        return "--watch tells as it goes, and --json is one document: leave one of them out"


@shell_command("qb dev", "qb dev --watch", "qb dev --hint rename:users.name=users.full_name")
def perform(
    invocation: Invocation,
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="Again whenever a module, the config or .env is saved, until Ctrl-C.")
    ] = False,
    hint: Hint = None,
    allow: Allow = None,
    wait: Wait = 60.0,
    lock_timeout: LockTimeout = 2.0,
    confirm: Confirm = None,
) -> Reply[Developed | list[Question]]:
    """Keep a database of one's own, and the files that others read, what the schema says.

    The modules are read, what differs is shown as SQL and run as by qb push, and the outputs of the config are written
    anew. With --watch it does so whenever one of them is saved: what is wrong in a module is said with its line, and
    the next save is waited for. Ctrl-C ends it with 130; what was begun then is undone. Exits with 4 where the database
    is not owned, or protected.
    """
    from qb.errors.outcome import Failure, unwrap
    from qb.kit.generating.questions import AnswersNeeded

    if watch and invocation.json:
        raise WatchedJson
    work = _Work(invocation, Answers(tuple(hint or ()), tuple(allow or ())), wait, lock_timeout, confirm)
    if watch:
        work.look()
        with no_bytecode(), ended_as_by_ctrl_c():
            for saved in saves(lambda: work.looked_at, work.matters):
                work.again(saved=saved)
    found = work.done()
    if isinstance(found, Failure) and isinstance(error := found.failure(), AnswersNeeded):
        return questions_left(error)
    done = unwrap(found)
    return Reply(done, show=lambda: "\n".join(_lines(done)), exit_code=done.exit_code)


class _Work:
    """What is done once, or at every save."""

    def __init__(
        self, invocation: Invocation, said: Answers, wait: float, lock_timeout: float, confirm: str | None
    ) -> None:
        from qb.kit.project_modules import ProjectModules

        self.invocation = invocation
        self.said = said
        self.patience = patience_of(wait, lock_timeout)
        self.confirm = confirm
        self.modules = ProjectModules()
        self.looked_at: frozenset[Path] = frozenset()
        self.open: tuple[tuple[str | None, str | None], Database] | None = None
        self.begun = False
        self.config = invocation.config().file.name

    def database(self) -> ChosenDatabase:
        from qb.kit.config_choice import refuse_unless_free

        database = self.invocation.database()
        refuse_unless_free(database, "qb dev")
        return database

    def connected(self, database: ChosenDatabase) -> Database:
        """The database, as long as the config says the same address."""
        key = (database.url, database.direct_url)
        if self.open is None or self.open[0] != key:
            self.open = (key, self.invocation.connect(database, direct=True))
        return self.open[1]

    def done(self) -> Developing:
        """All of it, once. What cannot be read or reached is raised."""
        from qb.errors.outcome import Failure
        from qb.kit.developing import dev
        from qb.kit.generating.questions import AnswersNeeded
        from qb.kit.outputs.output_files import OutputKind

        database = self.database()
        self.modules.forget()
        wanted = self.invocation.schema(database)
        at = self.invocation.shadow_of(database)
        outputs: dict[OutputKind, Path] = {}
        for each in get_args(OutputKind):
            if each in database.outputs:
                outputs[each] = database.outputs[each]
        db = self.connected(database)
        while True:
            found = dev(
                db,
                wanted,
                outputs,
                hints=self.said.hints,
                allow=self.said.allow,
                rules=rules_of(database, confirm=self.confirm),
                within=database.ours,
                journal=database.journal,
                patience=self.patience,
                major=at.major,
                shadow=at.shadow,
                cache=at.cache,
                on_plan=lambda plan: show_plan(plan, json=self.invocation.json),
                on_progress=saying(json=self.invocation.json),
            )
            error = found.failure() if isinstance(found, Failure) else None
            more = None
            if isinstance(error, AnswersNeeded):
                more = asked(error, self.said, json=self.invocation.json)
            if more is None:
                return found
            self.said = more

    def again(self, *, saved: bool) -> None:
        """The same, of what is there by now: what is wrong is said, and waited for."""
        from qb.errors.outcome import unwrap

        try:
            self.invocation.read_again()
            done = unwrap(self.done())
        except Refused:
            raise
        except EXPECTED as error:
            complain(problem_of(error))
        else:
            self.said = Answers()  # they were of this change
            if saved or not self.begun or done.pushed.applied:
                printed("\n".join(_lines(done)), sys.stderr)
        self.begun = True
        self.look()
        count = len(self.looked_at)
        printed(f"waiting for the next save in {count} folder{'' if count == 1 else 's'}; Ctrl-C ends it", sys.stderr)

    def look(self) -> None:
        """Find where the modules are, the config, and what may become a module; as it was where that cannot be told."""
        from qb.kit.project_modules import named_folders

        with suppress(KitError):
            database = self.invocation.database()
            named = named_folders(database.schema, database.config.folder.resolve())
            self.looked_at |= {*named, *self.modules.folders()}

    def matters(self, path: Path) -> bool:
        """Whether it is a module, the config, or a file of variables beside it."""
        return path.suffix == ".py" or path.name == self.config or path.name.startswith(".env")


def _lines(done: Developed) -> list[str]:
    written = [f"{each.file}: {each.state}" for each in done.outputs if each.state != "same"]
    return [what_was_pushed(done.pushed, dry_run=False), *written]
