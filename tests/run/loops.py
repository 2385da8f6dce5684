"""On which event loops tests written for coroutines run."""

import pytest

LOOPS = [
    pytest.mark.anyio,
    pytest.mark.parametrize("anyio_backend", ["asyncio", pytest.param("trio", marks=pytest.mark.slow)]),
]
"""For what is said to the server, which is the same on all of them: on trio with the slow tests. How a task
waits is tested on both, where streams, pipelines and transactions are."""
