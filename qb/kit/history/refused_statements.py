"""Statements that no migration may hold: what takes the transaction, or the reading of the file, out of its hands."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from qb.kit.history.statement_kinds import words_of
from qb.kit.sql_file import FileStatement

_REFUSED: Final[Mapping[tuple[str, ...], str]] = {
    ("ROLLBACK", "PREPARED"): "a prepared transaction is ended by who began it: take it out",
    ("COMMIT", "PREPARED"): "a prepared transaction is ended by who began it: take it out",
    (
        "PREPARE",
        "TRANSACTION",
    ): "the journal could not be written in what somebody else ends: take it out",
    ("ABORT",): "a migration that undoes itself has no end that could be written down: take it out",
    ("DISCARD",): "it would undo settings that the migration runs with: RESET what you have SET",
}


def why_refused(statement: FileStatement) -> str | None:
    """Why a statement is not run, and what to do; None where it may be."""
    if statement.data is not None:
        return "the rows of a COPY are not loaded by a migration: write INSERT, or a step in steps.py"
    words = words_of(statement.text, 8)
    for begin, why in _REFUSED.items():
        if words[: len(begin)] == begin:
            return f"{' '.join(begin)} is not run: {why}"
    if words[:1] == ("COPY",) and words_of(statement.text)[-1:] == ("STDOUT",):
        return "COPY TO stdout has nobody here to take the rows: take it out"
    if words[:1] == ("SET",):
        return _setting(tuple(each for each in words[1:] if each not in ("SESSION", "LOCAL")))
    return None


def _setting(words: tuple[str, ...]) -> str | None:
    name, value = words[0].strip('"').upper() if words else "", tuple(each.strip("'").upper() for each in words[2:3])
    if (name == "TRANSACTION" and ("READ", "ONLY") in pairwise(words)) or (
        name == "TRANSACTION_READ_ONLY" and value not in (("OFF",), ("FALSE",), ("0",), ("NO",), ("DEFAULT",))
    ):
        return "READ ONLY: the journal is written in the same transaction: take it out"
    if name == "STANDARD_CONFORMING_STRINGS" and value not in (("ON",), ("TRUE",), ("1",), ("YES",)):
        return "with standard_conforming_strings off this file would read otherwise than it was cut: write E'...'"
    if name == "NAMES" or (name == "CLIENT_ENCODING" and value not in (("UTF8",), ("UTF",))):
        return "the encoding of a migration is UTF-8: take it out"
    return None
