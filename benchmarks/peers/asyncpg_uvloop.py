"""asyncpg on uvloop, the loop that its authors wrote for it."""

from collections.abc import Mapping

from benchmarks.peers.peer import versions
from benchmarks.peers.with_asyncpg import Asyncpg


class AsyncpgUvloop(Asyncpg):
    loop = "uvloop"

    @property
    def versions(self) -> Mapping[str, str]:
        return {**super().versions, **versions("uvloop")}
