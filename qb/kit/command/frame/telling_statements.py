"""What `verbose` asks for: each statement that is sent, on stderr, so that the answer stays what it is."""

from __future__ import annotations

import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from qb.kit.command.frame.screen import printed

_STATEMENTS: Final = logging.getLogger("qb.sql")


class _Teller(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        printed(" ".join(record.getMessage().split()), sys.stderr)


@contextmanager
def telling_statements() -> Generator[None]:
    """Tell each statement with its time and rows, as long as the block runs; never the values of its parameters."""
    teller, before = _Teller(), (_STATEMENTS.level, _STATEMENTS.propagate)
    _STATEMENTS.addHandler(teller)
    _STATEMENTS.setLevel(logging.DEBUG)
    _STATEMENTS.propagate = False
    try:
        yield
    finally:
        _STATEMENTS.removeHandler(teller)
        _STATEMENTS.setLevel(before[0])
        _STATEMENTS.propagate = before[1]
