"""An object that becomes another one of the same identity: what is done to it, and to what lives in it.

https://www.postgresql.org/docs/current/ddl-alter.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qb.ddl.base import BaseOperation
from qb.ddl.create import Create, Drop
from qb.errors import DefinitionError
from qb.model.object import Attached, Identity, Object


class Alter(BaseOperation, frozen=True):
    """ALTER: what an object was, and what it is to be. DefinitionError for what no ALTER can make of it.

    Of a table, what lives in it is created, altered or dropped; what cannot be altered and loses nothing, such as a
    constraint, is replaced. Comments are left to `Comment`.

    >>> made = Alter(sequence("numbers"), sequence("numbers", increment=10))
    >>> made, made.inverse
    (<alter sequence numbers>, <alter sequence numbers>)
    """

    before: Object
    after: Object

    def __post_init__(self) -> None:
        before, after = self.before, self.after
        if type(before) is not type(after) or before.identity != after.identity:
            raise DefinitionError(
                f"{before.identity} cannot be altered to {after.identity}: alter an object to one of the same kind "
                "and name"
            )
        _check_comments(before, after)
        before.check_alter(after)
        if wrong := [each for each in before.differing(after) if each not in before.alters]:
            raise DefinitionError(
                f"{before.identity} cannot be altered in its {' and '.join(wrong)}: drop it and create it anew"
            )
        _ = self.steps  # for their errors

    @property
    def identity(self) -> Identity:
        """What is altered."""
        return self.after.identity

    @property
    def steps(self) -> tuple[Create | Drop | Alter, ...]:
        """What is done to the objects that live in it: what goes first, then what changes, then what comes."""
        return tuple(_steps(*self.before.lasting(self.after)))

    @property
    def needs(self) -> tuple[Identity, ...]:
        """The object, and what its new form needs."""
        own = {*self.gives, self.identity}
        found = (*self.after.needs, *(need for each in self.steps for need in each.needs))
        return (self.identity, *dict.fromkeys(need for need in found if need not in own))

    @property
    def gives(self) -> tuple[Identity, ...]:
        """What is new in it."""
        before, after = self.before.lasting(self.after)
        there = {each.identity for each in before}
        return tuple(each.identity for each in after if each.identity not in there)

    @property
    def takes(self) -> tuple[Identity, ...]:
        """What is no more in it."""
        before, after = self.before.lasting(self.after)
        there = {each.identity for each in after}
        return tuple(each.identity for each in before if each.identity not in there)

    @property
    def inverse(self) -> Alter | None:
        """The way back; None where it loses something, or PostgreSQL knows no way."""
        lossless = self.before.restores(self.after)
        if lossless and all(isinstance(each, Create) or _undone(each) for each in self.steps):
            return Alter(self.after, self.before)
        return None


def _check_comments(before: Object, after: Object) -> None:
    new = {each.identity: each for each in after.children}
    for one, other in ((before, after), *((each, new.get(each.identity, each)) for each in before.children)):
        if one.comment != other.comment:
            raise DefinitionError(f"the comment of {one.identity} is no part of ALTER: change it with Comment")


def _undone(step: Drop | Alter) -> bool:
    # One that is replaced is dropped, too.
    return step.inverse is not None


def _steps(before: Sequence[Object], after: Sequence[Object]) -> Iterator[Create | Drop | Alter]:
    old, new = {each.identity: each for each in before}, {each.identity: each for each in after}
    altered: list[Alter] = []
    replaced: set[Identity] = set()
    for identity, each in old.items():
        if (other := new.get(identity)) is not None and (differing := each.differing(other)):
            if each.loses or each.alters.issuperset(differing):
                altered.append(Alter(each, other))
            else:
                replaced.add(identity)
    yield from (Drop(each) for each in reversed(before) if each.identity in replaced or each.identity not in new)
    yield from altered
    for each in after:
        if each.identity in replaced or each.identity not in old:
            plain = each.as_created if isinstance(each, Attached) else each
            yield Create(plain)
            if plain != each:  # what only ALTER says
                yield Alter(plain, each)
