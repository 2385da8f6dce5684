"""What is done with one object, before it is known when: its statements, what it makes and ends, and what it needs."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from qb.frozen import FrozenStruct
from qb.model.object import Identity

Verb: TypeAlias = Literal["rename", "label", "end", "alter", "create", "secure", "lose", "check", "build", "finish"]
RANKS: Final[tuple[Verb, ...]] = (
    "rename",  # so that all else can say the new names
    "label",  # labels of enums: nothing may use one before a commit
    "end",  # views, functions, keys: what can be made again
    "create",
    "alter",
    "secure",  # row-level security, once its policies are there
    "lose",  # what holds rows
    "check",  # that rows fulfil what is said of them from now on
    "build",  # indexes, while others write
    "finish",
)
"""The order of actions that need nothing of each other."""
_NONE: Final[frozenset[Identity]] = frozenset()


class PlanAction(FrozenStruct):
    """What is done with one object."""

    verb: Verb
    identity: Identity
    statements: tuple[str, ...]
    makes: frozenset[Identity] = _NONE
    """The objects that are there from now on, or are as they are to be."""
    ends: frozenset[Identity] = _NONE
    """Those that are gone, or are no longer as they were."""
    needs: frozenset[Identity] = _NONE
    """What has to be there, as it is to be."""
    frees: frozenset[Identity] = _NONE
    """What it no longer needs once it is done: that may go afterwards."""
    likes: frozenset[Identity] = _NONE
    """What it would have there, where that is possible: what the text of a function names."""
    loses: tuple[str, ...] = ()
    """What is lost of the rows, by the names that --allow takes."""
    commits: bool = False
    """Whether what was done before is committed first."""
    alone: bool = False
    """Whether it is also committed before what is done next."""
    says: str = ""
    """What people should know."""
    asks: str = ""
    """What has to be said before it runs where rows are: `fill:users.slug`."""
    holds: bool = False
    """Whether it keeps others from a table for as long as that takes which is large: there is no other way."""
    offends: str = ""
    """What counts the rows that it fails for, by the names before, where that is known."""


def name_slot(identity: Identity) -> Identity:
    """What stands for a name that no other relation or type may have."""
    return Identity("name", identity.schema, "", identity.name)
