"""A collection of garbage after each strike, of what the strike has left: not of all that the tests have loaded."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    """What there is when the test begins is left out of its collections, of which there are thousands."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
