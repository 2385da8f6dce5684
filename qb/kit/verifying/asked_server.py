"""Whether a server takes a statement as it is promised: prepared there, and never run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from qb.errors import Cancelled, ConnectionLost, ConnectionRefused, DbError, PoolExhausted, QbError
from qb.kit.verifying.server_labels import ServerLabels
from qb.render.compiled import compile_node
from qb.run.database.db import Db
from qb.run.session.executable import Executable
from qb.run.session.ready import ready
from qb.run.talk.renew import anew
from qb.tree.statements import StatementNode

OF_THE_WORLD: Final = (ConnectionLost, ConnectionRefused, PoolExhausted, Cancelled)
"""What is no answer to a statement."""


class AskedServer:
    """A server that statements are prepared on."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self._labels = ServerLabels(db)

    def refused(self, make: Callable[[], StatementNode]) -> str | None:
        """Why a statement cannot be built, or prepared, or does not give what was promised."""
        try:
            statement: Executable[Any] = Executable(compile_node(make()))
        except (QbError, TypeError, AttributeError, ValueError) as error:  # of the body, which ran with nothing in it
            return f"it cannot be built: {type(error).__name__}: {error}"
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
