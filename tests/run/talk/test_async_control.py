"""Commands of one's own that would begin or end a transaction: not within one of qb's, which is whole in every case."""

from collections.abc import AsyncIterator

import pytest

from qb import AsyncDatabase, Command, Rows, Script, connect_async, sql, trusted
from qb.errors import TransactionAborted
from qb.errors.outcome import Success
from tests.run.plain import failure

pytestmark = pytest.mark.anyio  # sync:

ENDS = ("commit", "; COMMIT AND CHAIN", "/* */ rollback", "--\rend", "abort", "begin", "PREPARE TRANSACTION 'a'")
NAMED_SO = (
    'ROLLBACK TO "qb_1"',
    "RELEASE SAVEPOINT QB_1",
    "SAVEPOINT qb_1",
    r'rollback to U&"q\0062_1"',
)


def do(text: str) -> Command:
    return sql(trusted(text)).command()


def write(number: int) -> Command:
    return sql("INSERT INTO kept VALUES ({n})", n=number).command()


IDS: Rows[int] = sql("SELECT id FROM kept ORDER BY id").rows(int)


@pytest.fixture
async def kept(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(qb_url) as db:
        (await db.execute(do("DROP TABLE IF EXISTS kept"))).unwrap()
        (await db.execute(do("CREATE TABLE kept (id int PRIMARY KEY)"))).unwrap()
        yield db
        (await db.execute(do("DROP TABLE kept"))).unwrap()


@pytest.mark.parametrize("end", ENDS)
async def test_it_is_not_sent_and_dooms_the_transaction(kept: AsyncDatabase, end: str) -> None:
    with pytest.raises(TransactionAborted, match=r"was rolled back.* was not sent"):
        async with kept.transaction() as tx:
            (await tx.execute(write(1))).unwrap()
            assert "where qb has begun the transaction, it ends with its block" in str(
                failure(await tx.execute(do(end)))
            )
            assert failure(await tx.execute(write(2))).sqlstate == "25P02"
    with pytest.raises(TransactionAborted, match="was not sent"):
        async with kept.transaction() as tx:  # the first of all: before its BEGIN
            assert failure(await tx.execute(do(end))).sqlstate == "2D000"
    with pytest.raises(TransactionAborted, match="was not sent"):
        async with kept.transaction() as tx:
            assert failure(await tx.run(Script(trusted(f"SELECT 1; {end}; BEGIN")))).sqlstate == "2D000"
    assert await kept.all(IDS) == Success([])


async def test_outside_a_transaction_there_is_nothing_to_end(kept: AsyncDatabase) -> None:
    assert await kept.execute(do("COMMIT")) == Success(0)
    async with kept.transaction() as tx:  # prepared or not
        (await tx.execute(write(1))).unwrap()
        async with tx.transaction(rollback=True) as inner:
            assert failure(await inner.execute(do("COMMIT"))).sqlstate == "2D000"
    assert await kept.all(IDS) == Success([1])


async def test_a_pipeline_is_whole_too(kept: AsyncDatabase) -> None:
    async with kept.pipeline() as p:
        first, end = p.execute(write(1)), p.execute(do("COMMIT"))
    assert failure(first.result()).sqlstate == "25P02"
    assert failure(end.result()).sqlstate == "2D000"
    with pytest.raises(TransactionAborted, match="was not sent"):
        async with kept.transaction() as tx:
            async with tx.pipeline() as p:
                p.execute(write(1))
                end = p.execute(do("COMMIT"))
            assert failure(end.result()).sqlstate == "2D000"
            assert failure(await tx.execute(write(2))).sqlstate == "25P02"
    assert await kept.all(IDS) == Success([])


async def test_savepoints_of_ones_own(kept: AsyncDatabase) -> None:
    async with kept.transaction() as tx:
        for text in ("SAVEPOINT mine", "ROLLBACK TO SAVEPOINT mine", "ROLLBACK WORK TO mine", "RELEASE mine"):
            (await tx.execute(do(text))).unwrap()
        (await tx.execute(write(1))).unwrap()
    for text in NAMED_SO:
        async with kept.transaction() as tx, tx.transaction(rollback=True) as inner:
            assert "a savepoint named qb_" in str(failure(await inner.execute(do(text))))
    assert await kept.all(IDS) == Success([1])


async def test_what_a_body_says_ends_nothing(kept: AsyncDatabase) -> None:
    async with kept.transaction(rollback=True) as tx:
        body = "CREATE FUNCTION pg_temp.f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END"
        assert await tx.run(Script(trusted(f"{body}; DO $$ BEGIN NULL; END $$; SELECT 'x; COMMIT'"))) == Success(1)
