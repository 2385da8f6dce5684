"""Whether one function takes every call that another takes, which not every type checker says."""

from __future__ import annotations

import inspect
from inspect import Parameter
from typing import Any, Final, cast

from qb.errors import DefinitionError

_BY_PLACE: Final = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_BY_NAME: Final = (Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_ANY: Final = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


def check_same_calls(what: str, one: object, other: object) -> None:
    """DefinitionError where a call that `one` takes would be a TypeError of `other`.

    A function that does not say what it takes, or takes anything, is believed.
    """
    ours, theirs = _parameters(one), _parameters(other)
    if ours is None or theirs is None or any(each.kind in _ANY for each in ours):
        return
    if (reason := _refused(ours, theirs)) is not None:
        raise DefinitionError(
            f"{what}: {callable_name(other)} does not take each call that {callable_name(one)} takes: {reason}; give "
            "both the same parameters"
        )


def callable_name(function: object) -> str:
    """What a message calls a function."""
    return getattr(function, "__name__", type(function).__name__)


def _parameters(function: object) -> tuple[Parameter, ...] | None:
    try:
        return tuple(inspect.signature(cast("Any", function)).parameters.values())
    except (TypeError, ValueError):  # one of C that says nothing
        return None


def _refused(ours: tuple[Parameter, ...], theirs: tuple[Parameter, ...]) -> str | None:
    kinds = {each.kind for each in theirs}
    places = [each for each in theirs if each.kind in _BY_PLACE]
    names = {each.name for each in theirs if each.kind in _BY_NAME}
    given: set[str] = set()
    for place, each in enumerate(each for each in ours if each.kind in _BY_PLACE):
        if place >= len(places):
            if Parameter.VAR_POSITIONAL not in kinds:
                return f"it takes {len(places)} by position"
            continue
        due = places[place]
        if each.kind is Parameter.POSITIONAL_OR_KEYWORD and due.name != each.name:
            return f"what the one calls {each.name!r}, it calls {due.name!r}"
        if each.default is Parameter.empty:
            given.add(due.name)
    for each in ours:
        if each.kind not in _BY_NAME:
            continue
        if each.name not in names and Parameter.VAR_KEYWORD not in kinds:
            return f"it takes no {each.name}="
        if each.default is Parameter.empty:
            given.add(each.name)
    missing = [each.name for each in theirs if each.kind not in _ANY and each.default is Parameter.empty]
    left = [name for name in missing if name not in given]
    return f"it needs {left[0]!r}" if left else None
