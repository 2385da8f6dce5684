"""Actions in an order in which each finds what it needs; the same for the same actions, on any day."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from qb.errors import DefinitionError
from qb.frozen import with_parts
from qb.kit.planning.action import RANKS, PlanAction
from qb.kit.planning.losing import losing_places
from qb.model.object import Identity

_RANK: Final = {verb: place for place, verb in enumerate(RANKS)}
_KINDS: Final = {
    kind: place
    for place, kind in enumerate(
        (
            *(
                "role",
                "membership",
                "schema",
                "extension",
                "collation",
                "enum",
                "domain",
                "composite type",
                "attribute",
            ),
            *("range", "sequence", "table", "foreign table", "column", "owned by", "primary key", "unique", "check"),
            *("exclusion", "foreign key", "index", "statistics", "function", "procedure", "aggregate", "view"),
            *("materialized view", "rule", "trigger", "policy", "row security", "publication", "event trigger"),
            *("grant", "default privileges"),
        )
    )
}


def ordered_actions(actions: Sequence[PlanAction]) -> list[PlanAction]:
    """The actions in order. Raises DefinitionError where two need each other.

    What loses rows is committed apart, behind what rows can make fail. New default privileges are last of all: whatever
    is made behind them would have them.
    """
    last = [each for each in actions if _is_last(each)]
    if last and len(last) < len(actions):
        return [*ordered_actions([each for each in actions if not _is_last(each)]), *ordered_actions(last)]
    before, soft = _waits(actions)
    keys = [_key(each) for each in actions]
    late = losing_places(actions, [one | other for one, other in zip(before, soft, strict=True)])
    order = list(_sorted(actions, before, soft, keys))
    first = [actions[place] for place in order if place not in late]
    last = [actions[place] for place in order if place in late]
    if first and last:
        last[0] = with_parts(last[0], commits=True)
    return [*first, *last]


def _waits(actions: Sequence[PlanAction]) -> tuple[list[set[int]], list[set[int]]]:
    """The places that each action waits for, and those that it would wait for where that is possible."""
    before = [set[int]() for _ in actions]
    soft = [set[int]() for _ in actions]
    made: dict[Identity, list[int]] = defaultdict(list)
    freed: dict[Identity, list[int]] = defaultdict(list)
    ended: dict[Identity, list[int]] = defaultdict(list)
    for place, each in enumerate(actions):
        for identity in each.makes:
            made[identity].append(place)
        for identity in each.ends:
            ended[identity].append(place)
        for identity in each.frees:
            freed[identity].append(place)
    for place, each in enumerate(actions):
        for identity in each.needs:
            before[place].update(made.get(identity, ()))
        for identity in each.likes:
            soft[place].update(made.get(identity, ()))
        for identity in each.ends:
            before[place].update(freed.get(identity, ()))
        for identity in each.makes:  # what is there under a name has to go first
            before[place].update(ended.get(identity, ()))
        before[place].discard(place)
        soft[place].discard(place)
    return before, soft


def _is_last(action: PlanAction) -> bool:
    return action.identity.kind == "default privileges" and action.verb not in ("end", "lose")


_Key = tuple[int, int, Identity]


def _key(action: PlanAction) -> _Key:
    kinds = len(_KINDS)
    kind = _KINDS.get(action.identity.kind, kinds)
    return _RANK[action.verb], kinds - kind if action.verb in ("end", "lose") else kind, action.identity


def _sorted(
    actions: Sequence[PlanAction], before: list[set[int]], soft: list[set[int]], keys: Sequence[_Key]
) -> Iterable[int]:
    waiting = [one | other for one, other in zip(before, soft, strict=True)]
    after: dict[int, list[int]] = defaultdict(list)
    for place, needs in enumerate(waiting):
        for each in needs:
            after[each].append(place)
    ready = [(keys[place], place) for place in range(len(actions)) if not waiting[place]]
    heapq.heapify(ready)
    done: list[int] = []
    is_done = [False] * len(actions)
    while len(done) < len(actions):
        if not ready:  # what is only liked cannot be had
            left = [place for place in range(len(actions)) if not is_done[place]]
            loose = min(
                (place for place in left if not waiting[place] & before[place]), key=keys.__getitem__, default=None
            )
            if loose is None:
                raise DefinitionError(_circle(actions, before, left))
            waiting[loose].clear()
            heapq.heappush(ready, (keys[loose], loose))
        _, place = heapq.heappop(ready)
        if is_done[place]:
            continue
        is_done[place] = True
        done.append(place)
        for each in after[place]:
            if place in waiting[each]:
                waiting[each].discard(place)
                if not waiting[each] and not is_done[each]:
                    heapq.heappush(ready, (keys[each], each))
    return done


def _circle(actions: Sequence[PlanAction], before: list[set[int]], left: list[int]) -> str:
    """Who waits for whom."""
    place, seen = left[0], list[int]()
    while place not in seen:
        seen.append(place)
        place = min(each for each in before[place] if each in left)
    round_ = seen[seen.index(place) :]
    said = ", ".join(f"{actions[each].verb} {actions[each].identity}" for each in round_)
    return (
        f"these wait for each other, so that no order is right: {said}. Change them in two steps, one after the other"
    )
