"""When a constraint is checked: at once, or at the end of the transaction.

https://www.postgresql.org/docs/current/sql-set-constraints.html
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from qb.errors import DefinitionError

Initially: TypeAlias = Literal["deferred", "immediate"]


def deferral(what: str, deferrable: object, initially: object) -> str:
    """What the model keeps: "", "deferred" or "immediate". DefinitionError where the two contradict each other."""
    if initially not in (None, "deferred", "immediate"):
        raise DefinitionError(f"{what}: initially is 'deferred' or 'immediate', not {initially!r}")
    if not deferrable:
        if initially is not None:
            raise DefinitionError(f"{what}: initially={initially!r} is about what is deferrable: add deferrable=True")
        return ""
    return initially or "deferred"
