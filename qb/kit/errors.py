"""What the kit cannot do, as values: each names what is in the way, and says how to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(repr=False, eq=False)
class KitError(Exception):
    """Why something was not done, and what to do. One of the classes of this module, and no other.

    Read-only, and equal by content.
    """

    code: ClassVar[str] = "error"
    """As commands say it in JSON."""

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("__") and name in vars(self):  # Python itself sets __traceback__ and the like
            raise AttributeError(f"{type(self).__name__} is read-only")
        super().__setattr__(name, value)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash((type(self), str(self)))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"


@dataclass(repr=False, eq=False)
class MissingExtensions(KitError):
    """A shadow server lacks extensions that a schema needs."""

    names: tuple[str, ...]
    server: str
    """Which one, as people call it."""
    code: ClassVar[str] = "missing-extensions"

    def __str__(self) -> str:
        some = "the extension " if len(self.names) == 1 else "the extensions "
        return (
            f"{self.server} lacks {some}{', '.join(self.names)}, which the schema needs: name a server that has "
            "them with shadow=..., install them there, or leave out of the schema what needs them"
        )


@dataclass(repr=False, eq=False)
class NoShadow(KitError):
    """There is no server on which a schema could be looked at."""

    why: str
    code: ClassVar[str] = "no-shadow"

    def __str__(self) -> str:
        return (
            f'{self.why}: install the embedded PostgreSQL, pip install "qb[embedded]", or name a server on which a '
            "scratch database may be made with shadow=..."
        )


@dataclass(repr=False, eq=False)
class MissingRoles(KitError):
    """A server that is somebody's lacks roles that a schema names; the kit makes none there."""

    names: tuple[str, ...]
    server: str
    code: ClassVar[str] = "missing-roles"

    def __str__(self) -> str:
        some = "the role " if len(self.names) == 1 else "the roles "
        return (
            f"{self.server} lacks {some}{', '.join(self.names)}, which the schema names, and a shadow on somebody's "
            "server creates none: create them there, or take the embedded PostgreSQL (without shadow=)"
        )
