"""What would hold up an event loop, on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread

T = TypeVar("T")


async def aside(work: Callable[[], T]) -> T:
    """What a function gives that waits for a server or for the disk. It is not cancelled half done."""
    return await anyio.to_thread.run_sync(work)
