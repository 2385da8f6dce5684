"""What was found of one peer in one case, before anything is compared."""

import msgspec

from benchmarks.peers.registry import Role


class Raw(msgspec.Struct, frozen=True):
    """A peer's samples before they are compared."""

    peer: str
    role: Role
    samples: list[float]
    """One figure a round: seconds a call, bytes, turns."""
    calls: int = 1
    """Of one round."""
    cpu: list[float] = []
    """Seconds of the processor in the peer's process, a call."""
    server: float | None = None
    """The same in the server's processes, over all rounds."""
    resident: float | None = None
    """Of memory: the peak of the whole process in bytes."""
    seconds: float | None = None
    """Of memory: how long it took."""
