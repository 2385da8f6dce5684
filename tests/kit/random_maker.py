"""What random schemas are made with: names that need quotes, chances, what is there already."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

import qb
from qb import Table

Draw = Callable[[st.SearchStrategy[Any]], Any]

AWKWARD = (
    'a "b"', "it's", "per%cent %s", "$1", "$qb$", "back\\slash", "select", "Table", "user", "Ünï", "😀", "{x}", "{}",
    "a.b", "x;--", "/* y */", "new\nline", "a\tb", " ", "-", "None", "class", "self", "id", "Ä" * 20, "n" * 45,
    "pg", "qb", "public", "__init__", "1st", "%s", ":a", "?", "E'\\''", "@area", "=", "a,b", "NULL",
)  # fmt: skip
_PLAIN = st.text("abcxyzÄ_ \"'$%\\", min_size=1, max_size=12)
NAMES = st.one_of(_PLAIN, st.sampled_from(AWKWARD))
"""Names; each is given a number, so that no two are the same."""

LABELS = st.lists(
    st.one_of(st.text("abcÄ'\"\\ ", min_size=1, max_size=8), st.sampled_from(AWKWARD)),
    min_size=1,
    max_size=4,
    unique=True,
)
COMMENTS = st.sampled_from([None, None, "it's", 'a "b" \\ $qb$ {x} %s', "Ä\n😀", "--"])


class Maker:
    """What is drawn for one schema of a database of that major version."""

    def __init__(self, draw: Draw, major: int, *, toast: bool) -> None:
        self.toast = toast
        self.draw = draw
        self.major = major
        self.made: list[Any] = []
        self.tables: list[Any] = []
        """Those that others may refer to: each has a key `id`."""
        self.views: list[Any] = []
        self.kinds: dict[str, list[Any]] = {}
        """Types that are there already, to be used once more."""
        self.columns: dict[Any, list[Any]] = {}
        self.never: list[Any] = []
        """Types whose values are never NULL."""
        self.count = 0
        self.schemas = [None, None, *(self.name() for _ in range(draw(st.integers(0, 2))))]
        self.roles = [
            qb.role(self.name("role "), login=self.chance(), inherit=self.chance(), createdb=self.chance(4))
            for _ in range(draw(st.integers(0, 2)))
        ]
        self.made += self.roles

    def name(self, before: str = "") -> str:
        self.count += 1
        return f"{before}{self.draw(NAMES)}{self.count}"

    def chance(self, of: int = 2) -> bool:
        chosen: int = self.draw(st.integers(0, of - 1))
        return chosen == 0

    def one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def comment(self) -> str | None:
        found: str | None = self.draw(COMMENTS)
        return found

    def below(self, value: Any) -> Any:
        return value < self.draw(st.integers(10**6, 10**9))

    def where(self) -> str | None:
        found: str | None = self.draw(st.sampled_from(self.schemas))
        return found

    def again(self, kind: str, make: Callable[[], Any]) -> Any:
        """A value of some kind: one that is there already, or a new one."""
        there = self.kinds.setdefault(kind, [])
        if not there or self.chance():
            there.append(make())
        return self.draw(st.sampled_from(there))

    def table_class(
        self, body: dict[str, Any], hints: dict[str, Any], bases: tuple[Any, ...] = (Table,), **options: Any
    ) -> Any:
        """A table whose class has these columns; a mixin, where it has no name."""

        def fill(namespace: dict[str, Any]) -> None:
            namespace.update(body, __annotations__=hints, __module__=__name__)

        self.count += 1
        return types.new_class(f"Class{self.count}", bases, options, fill)
