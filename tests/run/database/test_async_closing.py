"""What an `AsyncDatabase` does that no `Database` does."""

import pytest

from qb import ClosedError, Success, connect_async


@pytest.mark.anyio
async def test_closing_is_awaited(qb_url: str) -> None:
    db = connect_async(qb_url)
    assert await db.ping() == Success(None)
    closing = db.close()
    assert await db.ping() == Success(None)
    await closing
    with pytest.raises(ClosedError, match="the database is closed"):
        await db.ping()
