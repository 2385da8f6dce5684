"""With how many examples a property is tried: with a tenth by `make test`, with all by `make test-slow`."""

import os
from typing import Final

from hypothesis import settings

ALL: Final = os.environ.get("QB_SAMPLES") == "all"


def samples(count: int) -> settings:
    """So many examples, or a tenth of them."""
    return settings(max_examples=count if ALL else max(count // 10, 8), deadline=None)
