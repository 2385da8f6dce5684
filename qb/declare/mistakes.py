"""The mistakes in a schema, so that they are told together and not the first alone."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from qb.errors import DefinitionError


class Mistakes:
    """What was found to be wrong so far. `with mistakes:` goes on after a DefinitionError, and keeps what it says."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: dict[str, None] = {}

    def tell(self, texts: Iterable[str]) -> None:
        """Some more."""
        self.found.update(dict.fromkeys(texts))

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if isinstance(error, DefinitionError):
            self.tell((str(error),))
            return True
        return False

    def end(self) -> None:
        """DefinitionError for all of them, a line each."""
        if self.found:
            raise DefinitionError("\n".join(self.found))
