"""Whether a server takes a statement as it is promised: prepared there, and never run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from traceback import walk_tb
from typing import Any, Final

from qb.errors import Cancelled, ConnectionLost, ConnectionRefused, DbError, PoolExhausted, QbError
from qb.kit.verifying.prepared_queries import shown_path
from qb.kit.verifying.server_labels import ServerLabels
from qb.render.compiled import compile_node
from qb.run.database.db import Db
from qb.run.session.executable import Executable
from qb.run.session.ready import ready
from qb.run.talk.renew import anew
from qb.tree.statements import StatementNode

OF_THE_WORLD: Final = (ConnectionLost, ConnectionRefused, PoolExhausted, Cancelled)
"""What is no answer to a statement."""
_OURS: Final = str(Path(__file__).resolve().parents[2])


class AskedServer:
    """A server that statements are prepared on."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self._labels = ServerLabels(db)

    def refused(self, make: Callable[[], StatementNode]) -> str | None:
        """Why a statement cannot be built, or prepared, or does not give what was promised."""
        try:
            statement: Executable[Any] = Executable(compile_node(make()))
        except QbError as error:
            return f"it cannot be built: {type(error).__name__}: {error}"
        except Exception as error:  # whatever the body raises, which ran with nothing in its parameters
            return f"it cannot be built: {type(error).__name__}{_place(error)}"
        try:
            with self._db.transaction(rollback=True) as inner:
                source, options = inner._source, inner._options  # pyright: ignore[reportPrivateUsage] - only prepared
                lease = source.checkout()
                try:
                    anew(source, lease, lambda link: ready(link, statement, options))
                finally:
                    source.give_back(lease)
            return self._labels.refused(statement)
        except DbError as error:
            if isinstance(error, OF_THE_WORLD):
                raise
            return str(error)


def _place(error: Exception) -> str:
    """Where an exception was raised in what is not qb's. What it says is not shown: it may hold anything."""
    frames = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    theirs = [(file, line) for file, line in frames if not file.startswith(("<", _OURS))]
    return f" at {shown_path(theirs[-1][0])}:{theirs[-1][1]}" if theirs else ""
