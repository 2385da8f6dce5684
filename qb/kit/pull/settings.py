"""The settings of a function, `SET search_path TO ...`, as Python says them."""

from __future__ import annotations

import re
from typing import Final

from qb.kit.facts.function import FunctionFact

LISTED_SETTINGS: Final = (
    "search_path",
    "temp_tablespaces",
    "session_preload_libraries",
    "local_preload_libraries",
)
"""Settings that are lists of names."""


def settings_of(fact: FunctionFact) -> dict[str, list[str] | str | None] | None:
    """The settings by their names; None where a list is written so that it cannot be told apart."""
    found: dict[str, list[str] | str | None] = {}
    for each in fact.settings:
        made = _setting(each)
        if made is None:
            return None
        found[made[0]] = made[1]
    if fact.security_definer and "search_path" not in found:
        found["search_path"] = None
    return found


def _setting(written: str) -> tuple[str, list[str] | str] | None:
    name, _, value = written.partition("=")
    if name not in LISTED_SETTINGS:
        return name, value
    if value in ('""', "''", ""):
        return name, [""]
    listed = [each.strip() for each in value.split(",")]
    if any(not re.fullmatch(r'[a-z_][a-z0-9_$]*|"[^",]+"', each) for each in listed):
        return None
    return name, [each.strip('"') for each in listed]
