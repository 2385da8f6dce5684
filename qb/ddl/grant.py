"""Who may do what with an object: GRANT and REVOKE.

https://www.postgresql.org/docs/current/ddl-priv.html
"""

from __future__ import annotations

from qb.ddl.base import BaseOperation
from qb.errors import DefinitionError
from qb.model.object import Identity, Object
from qb.types.identifier import identifier


class _Privileges(BaseOperation, frozen=True):
    object: Object
    privileges: tuple[str, ...]
    role: str

    def __post_init__(self) -> None:
        what, known = self.object.identity, self.object.privileges
        if not known:
            raise DefinitionError(f"{what}: PostgreSQL grants no privileges on this kind of object")
        if not self.privileges:
            raise DefinitionError(f"{what}: no privilege is named: name some of {', '.join(known)}")
        for each in self.privileges:
            if each not in known:
                raise DefinitionError(f"{what}: {each!r} is no privilege on it: there are {', '.join(known)}")
        if len(set(self.privileges)) < len(self.privileges):
            raise DefinitionError(f"{what}: a privilege is named twice among {', '.join(self.privileges)}: drop one")
        if identifier(self.role, f"a role with privileges on {what}") == "none":
            raise DefinitionError(f"{what}: no role can be called 'none': name another, or 'public' for all")

    @property
    def identity(self) -> Identity:
        """The object it is about."""
        return self.object.identity

    @property
    def needs(self) -> tuple[Identity, ...]:
        """The object it is about."""
        return (self.object.identity,)


class Grant(_Privileges, frozen=True):
    """GRANT: privileges on an object for a role, by its name; "public" is everybody.

    https://www.postgresql.org/docs/current/sql-grant.html

    >>> made = Grant(schema(User).tables[0], ("select", "insert"), "reader")
    >>> made, made.inverse
    (<grant table users>, <revoke table users>)
    """

    @property
    def inverse(self) -> Revoke:
        """The same taken back, which the role did not have."""
        return Revoke(self.object, self.privileges, self.role)


class Revoke(_Privileges, frozen=True):
    """REVOKE: privileges that a role had.

    https://www.postgresql.org/docs/current/sql-revoke.html
    """

    @property
    def inverse(self) -> Grant:
        """The same given back."""
        return Grant(self.object, self.privileges, self.role)
