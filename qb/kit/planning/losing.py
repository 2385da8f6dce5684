"""What loses rows comes last, behind all that rows can make fail: who has to begin anew has everything still."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from qb.kit.planning.action import PlanAction

_IN_STEPS: Final = ("check", "build")


def losing_places(actions: Sequence[PlanAction], waits: Sequence[set[int]]) -> frozenset[int]:
    """Of the actions those that can be done in a last transaction of their own: what loses, what waits for that, and
    what is taken away for it and made again, so that nobody misses it meanwhile.

    `waits` are the places that each waits for. What is committed step by step, as an index that is built, cannot be
    among them: where it waits for what loses, that stays where it is.
    """
    apart = {place for place, each in enumerate(actions) if _is_apart(each)}
    if not apart:
        return frozenset()
    behind: dict[int, set[int]] = defaultdict(set)
    for place, others in enumerate(waits):
        for before in others:
            behind[before].add(place)
    found: set[int] = set()
    for place, each in enumerate(actions):
        if each.verb != "lose" and not each.loses:
            continue
        group = _spread(place, actions, waits, behind, ends=True)
        if group & apart:
            group = _spread(place, actions, waits, behind, ends=False)
            if group & apart or any(_again(other, actions, waits, group) for other in group - {place}):
                continue
        found |= group
    return frozenset(found) if apart - found else frozenset()


def _is_apart(action: PlanAction) -> bool:
    return action.verb in _IN_STEPS or action.commits or action.alone


def _again(place: int, actions: Sequence[PlanAction], waits: Sequence[set[int]], group: set[int]) -> bool:
    """Whether it makes again what would be gone in a transaction before."""
    return any(actions[each].verb == "end" for each in waits[place] - group)


def _spread(
    start: int,
    actions: Sequence[PlanAction],
    waits: Sequence[set[int]],
    behind: Mapping[int, set[int]],
    *,
    ends: bool,
) -> set[int]:
    """What has to come with it: all that waits, and with `ends` what is taken away before."""
    found, waiting = {start}, [start]
    while waiting:
        place = waiting.pop()
        before = {each for each in waits[place] if actions[each].verb == "end"} if ends else set[int]()
        new = (behind.get(place, set()) | before) - found
        found |= new
        waiting.extend(new)
    return found
