"""Row-level security: whether a table has it, and its policies.

https://www.postgresql.org/docs/current/ddl-rowsecurity.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from qb.model.body import SettledBody
from qb.model.object import Attached, Identity
from qb.model.role import needed_roles
from qb.tree.expressions import Expression


class RowSecurity(Attached, frozen=True):
    """That a table shows and takes the rows alone that its policies allow."""

    kind: ClassVar[str] = "row security"
    alters: ClassVar[frozenset[str]] = frozenset(("forced",))
    forced: bool = False
    """Whether its owner is held to them, too."""

    @property
    def identity(self) -> Identity:
        """What tells it from all others: there is one to a table."""
        return Identity(self.kind, self.table.schema or "", "", self.name)


class Policy(Attached, frozen=True):
    """Which rows of a table some roles can see (`using`), and which they may write (`with_check`)."""

    kind: ClassVar[str] = "policy"
    alters: ClassVar[frozenset[str]] = frozenset(("roles", "using", "with_check"))
    on_external: ClassVar[bool] = True
    command: str = "all"
    roles: tuple[str, ...] = ("public",)
    using: SettledBody[Expression] | None = None
    with_check: SettledBody[Expression] | None = None
    restrictive: bool = False

    @property
    def needs(self) -> tuple[Identity, ...]:
        """Its table, its roles, and what its conditions read."""
        read = (need for each in (self.using, self.with_check) if each is not None for need in each.needs)
        return tuple(dict.fromkeys((*super().needs, *needed_roles(self.roles), *read)))


def is_secured(attached: Iterable[object]) -> bool:
    """Whether what stands next to a table says that it has row security."""
    return any(isinstance(each, RowSecurity) for each in attached)
