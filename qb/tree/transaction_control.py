"""Which SQL begins or ends transactions and savepoints: within a transaction of qb's own that is for qb to say.

PostgreSQL takes these commands by themselves alone: a function has none, and a procedure none within a transaction.
https://www.postgresql.org/docs/current/sql-commands.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from qb.tree.semicolons import beginnings

SAVEPOINTS: Final = frozenset(("ROLLBACK TO", "RELEASE"))
"""What ends savepoints of the user's own."""
_ENDS: Final = frozenset(("begin", "start", "commit", "end", "rollback", "abort"))
_NOISE: Final = frozenset(("work", "transaction"))
_OWN: Final = "qb_"


def controls(text: str) -> frozenset[str]:
    """The commands of a text that begin or end a transaction, or a savepoint that is there.

    >>> controls("SELECT 1; COMMIT AND CHAIN"), controls("/* all */ ROLLBACK WORK TO s"), controls("SAVEPOINT s")
    (frozenset({'COMMIT'}), frozenset({'ROLLBACK TO'}), frozenset())
    """
    return frozenset(_commands(text))


def _commands(text: str) -> Iterator[str]:
    for begins in beginnings(text):
        word, *rest = begins
        if word == "prepare" and rest[:1] == ["transaction"]:
            yield "PREPARE TRANSACTION"
        elif word in ("savepoint", "release"):
            if rest[:1] == ["savepoint"] and len(rest) > 1:
                rest = rest[1:]
            if _named_so(rest):
                yield f"{word.upper()} of a savepoint named qb_..."
            elif word == "release":
                yield "RELEASE"
        elif word in _ENDS:
            rest = rest[1:] if rest and rest[0] in _NOISE else rest
            if word != "rollback" or rest[:1] != ["to"]:
                yield word.upper()
                continue
            rest = rest[2:] if rest[1:2] == ["savepoint"] and len(rest) > 2 else rest[1:]
            yield "ROLLBACK TO a savepoint named qb_..." if _named_so(rest) else "ROLLBACK TO"


def _named_so(rest: list[str]) -> bool:
    """Whether a savepoint is named as qb names its own, or in a way that is not seen through."""
    name = "".join(rest)
    return name.removeprefix('"').startswith(_OWN) or name.startswith("u&")
