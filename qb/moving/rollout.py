"""Which of two functions serves a call: a flag that is read at every call, and who is in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import TYPE_CHECKING, Generic, ParamSpec
from uuid import UUID

import msgspec
from typing_extensions import TypeVar

from qb.errors import DefinitionError
from qb.moving.same_calls import check_same_calls

if TYPE_CHECKING:
    K = TypeVar("K", bound="int | str | UUID", default="int | str | UUID")
else:
    K = TypeVar("K", bound=int | str)  # what msgspec reads of a flag whose keys are not said: a UUID is its text
P = ParamSpec("P")
R = TypeVar("R")
N = TypeVar("N")


class Rollout(msgspec.Struct, Generic[K], frozen=True):
    """Who is served by what is new: `always` and `never` by their keys, of the others a percentage.

    A key is in or out by a hash of it and the `name`: the same in every process and run. Whoever is in at 10 percent is
    in at 20. Another name draws others, so that not the same ones meet everything first. It is plain data: msgspec
    reads one from a setting (as `Rollout[int]`, `Rollout[UUID]`, or without a type: int or str), and
    `Rollout("tickets")` takes everybody back. Errors: DefinitionError.

    >>> from qb.moving import Rollout
    >>> tickets = Rollout("tickets", percentage=50, always=frozenset({7}), never=frozenset({8}))
    >>> tickets.takes(7), tickets.takes(8)
    (True, False)
    >>> 450 < sum(tickets.takes(key) for key in range(1000)) < 550
    True
    """

    name: str
    percentage: float = 0.0
    always: frozenset[K] = frozenset()
    never: frozenset[K] = frozenset()

    def __post_init__(self) -> None:
        if not 0 <= self.percentage <= 100:
            raise DefinitionError(f"Rollout({self.name!r}): a percentage is from 0 to 100, not {self.percentage}")
        if self.always & self.never:
            raise DefinitionError(f"Rollout({self.name!r}): a key is in always and in never: take it out of one")

    def takes(self, key: K) -> bool:
        """Whether what is new serves this key."""
        if _among(self.never, key):
            return False
        return _among(self.always, key) or self._place(key) < self.percentage

    def _place(self, key: K) -> float:
        """Where among a hundred the key stands, whatever the percentage is."""
        said = f"{self.name}\0{key}".encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(said, digest_size=8).digest()) / 2**64 * 100


def _among(keys: frozenset[object], key: object) -> bool:
    return key in keys or (isinstance(key, UUID) and str(key) in keys)


def route(flag: Callable[P, bool], old: Callable[P, R], new: Callable[P, N], /) -> Callable[P, R | N]:
    """A function that calls `new` where `flag` says so of its arguments, else `old`; the flag is read at every call.

    All three take the same calls, and what comes back is what either gives: where these are two types, both of them,
    `list[str] | Outcome[list[str]]`. Coroutine functions are routed as they are. What the flag reads can be replaced
    while the program runs: that is how everybody is taken back at once. Errors: DefinitionError for a function that
    does not take a call which `old` takes.

    >>> from qb.moving import Rollout, route
    >>> flags = {"tickets": Rollout("tickets", always=frozenset({7}))}
    >>> titles = route(
    ...     lambda user: flags["tickets"].takes(user),
    ...     lambda user: db.all(sql("SELECT title FROM tasks WHERE user_id = {u}", u=user).rows(str)),
    ...     lambda user: db.all(select(Task.title).where(Task.user_id == user)),
    ... )
    >>> titles(2)
    <Success: ['ship']>
    >>> flags["tickets"] = Rollout("tickets", percentage=100)
    >>> titles(2)
    <Success: ['ship']>
    """

    for each in (flag, new):
        check_same_calls("route", old, each)

    @wraps(old)
    def routed(*args: P.args, **kwargs: P.kwargs) -> R | N:
        return (new if flag(*args, **kwargs) else old)(*args, **kwargs)

    return routed
