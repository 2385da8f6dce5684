"""How a command of the kit ends, as a number for shells and CI."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the number says that `qb` exits with.

    >>> from qb.kit.exit_code import ExitCode
    >>> [f"{each.value} {each.name}" for each in ExitCode][:4]
    ['0 DONE', '1 ERROR', '2 ANSWERS_NEEDED', '3 DIFFERS']
    """

    DONE = 0
    """It is done, or there was nothing to do."""
    ERROR = 1
    """It could not be done: a mistake in the command, the config or a module, or what the world did."""
    ANSWERS_NEEDED = 2
    """Somebody has to say what is meant first: the problems say which option does."""
    DIFFERS = 3
    """What was compared differs, or what was looked for was found."""
    REFUSED = 4
    """It may not be done here: the database is protected, or not ours."""
    LOCK_NOT_HAD = 5
    """Somebody else had a lock for as long as was waited."""
    GUARD_FAILED = 6
    """It is done, and rows are not what the schema says of them: nothing that builds on it should go on."""
    INTERRUPTED = 130
    """Ctrl-C."""
