"""What is renamed, as a command line says it."""

from __future__ import annotations

from collections.abc import Sequence

from qb.errors import DefinitionError


def renames_said(given: Sequence[str]) -> dict[str, str]:
    """Of `KIND SCHEMA.NAME=NAME` the object and its name. DefinitionError where it is none.

    >>> from qb.kit.command.frame.hints import renames_said
    >>> renames_said(["column public.users.nick=handle"])
    {'column public.users.nick': 'handle'}
    """
    found: dict[str, str] = {}
    for each in given:
        before, sign, after = each.rpartition("=")
        if not sign or " " not in before.strip() or not after.strip():
            raise DefinitionError(
                f"--renamed {each}: say what it is in the first and what it is called in the second, as in "
                "--renamed 'column public.users.nick=handle'"
            )
        found[before.strip()] = after.strip()
    return found
