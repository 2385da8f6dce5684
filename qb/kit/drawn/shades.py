"""The colours of groups: pale, told apart by those who see few colours, too, and readable on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple


class Shade(NamedTuple):
    """A colour for what a group holds, and one for its lines."""

    fill: str
    line: str


_SHADES: Final = (
    Shade("#e7f0fb", "#3b6fb5"),
    Shade("#fdf0e0", "#b8741a"),
    Shade("#e8f5ea", "#3d8a4b"),
    Shade("#f9e8f1", "#b04a82"),
    Shade("#efeafa", "#6a52b3"),
    Shade("#e4f4f5", "#2f838c"),
    Shade("#fbf6d9", "#8f7d12"),
    Shade("#eeeeec", "#6b6b66"),
)


def shade(group: str, groups: Sequence[str]) -> Shade:
    """That of a group among all."""
    return _SHADES[list(groups).index(group) % len(_SHADES)]
