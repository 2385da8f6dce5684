"""On which event loops a test written for coroutines runs."""

import pytest

ONE_LOOP = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]
"""For what is the same on all of them: how a task waits is tested where streams, pipelines and transactions are."""
