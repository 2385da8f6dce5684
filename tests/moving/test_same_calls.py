"""Functions beside each other take the same calls, or it is said where they are put there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from qb import DefinitionError
from qb.moving import Shadow, compare_runs, route
from qb.moving.same_calls import check_same_calls


def one(key: int) -> int:
    return key


def two(key: int, limit: int = 3) -> int:
    return key + limit


def named(key: int, *, limit: int = 3) -> int:
    return key + limit


def named_only(*, key: int) -> int:
    return key


def renamed(other: int) -> int:
    return other


def needs(key: int, limit: int) -> int:
    return key + limit


def placed(key: int, /) -> int:
    return key


def nothing() -> int:
    return 1


def anything(*args: object, **kwargs: object) -> int:
    return len(args) + len(kwargs)


class Callee:
    def __call__(self, key: int) -> int:
        return key

    def method(self, key: int) -> int:
        return key


TAKES: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
    (one, one),
    (one, two),
    (one, named),
    (one, anything),
    (anything, one),
    (two, two),
    (placed, renamed),
    (one, functools.partial(needs, limit=1)),
    (one, Callee()),
    (one, Callee().method),
    (named_only, one),
    (one, "{}".format),
    (needs, two),
]
REFUSED: list[tuple[Callable[..., Any], Callable[..., Any], str]] = [
    (two, one, "one does not take each call that two takes: it takes 1 by position"),
    (two, named, "it takes 1 by position"),
    (named, one, "it takes no limit="),
    (one, renamed, "what the one calls 'key', it calls 'other'"),
    (one, placed, "it takes no key="),
    (one, needs, "it needs 'limit'"),
    (two, needs, "it needs 'limit'"),
    (one, named_only, "it takes 0 by position"),
    (one, nothing, "it takes 0 by position"),
]


@pytest.mark.parametrize(("asked", "given"), TAKES)
def test_taken(asked: Callable[..., Any], given: Callable[..., Any]) -> None:
    check_same_calls("route", asked, given)
    route(asked, asked, given)


@pytest.mark.parametrize(("asked", "given", "said"), REFUSED)
def test_refused(asked: Callable[..., Any], given: Callable[..., Any], said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        route(asked, asked, given)
    with pytest.raises(DefinitionError, match=said):
        route(given, asked, asked)
    with Shadow() as shadow, pytest.raises(DefinitionError, match="give both the same parameters"):
        compare_runs(asked, given, shadow=shadow, sink=print)
