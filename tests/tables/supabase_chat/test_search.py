"""The search by meaning: vectors go in and come back, and those that are near are found, by the index."""

import random

import pytest

from qb import EncodeError, Success, Tx, compile, insert, select, sql, trusted, unwrap
from supabase_chat.ids import UserId
from tables.supabase_chat import Embedding, NewEmbedding, queries
from tables.supabase_chat.embeddings import DIMENSIONS
from tests.tables.supabase_chat import make


def vector(seed: int) -> list[float]:
    """Numbers that single precision holds, and writes in few digits, so that they come back as they went in."""
    made = random.Random(seed)
    return [made.randint(-64, 64) / 128 for _ in range(DIMENSIONS)]


@pytest.fixture
def ada(tx: Tx) -> UserId:
    return make.sign_up(tx, "ada")


def test_a_vector_comes_back_as_it_went_in(tx: Tx, ada: UserId) -> None:
    row = NewEmbedding(user_id=ada, content="Sample text", embedding=vector(1))
    made = unwrap(tx.one(insert(row).returning()))
    assert (made.id > 0, made.content, made.embedding) == (True, "Sample text", vector(1))
    assert tx.one(select(Embedding)) == Success(made)


@pytest.mark.parametrize("count", [0, 1, DIMENSIONS - 1, DIMENSIONS + 1])
def test_another_dimension_is_refused_by_name(tx: Tx, ada: UserId, count: int) -> None:
    row = NewEmbedding(user_id=ada, content="x", embedding=[0.5] * count)
    failure = tx.transact(lambda inner: inner.execute(insert(row))).failure()
    assert isinstance(failure, EncodeError)
    said = 'a value for "embeddings"."embedding" cannot be sent: it has 1,536 dimensions'
    assert str(failure) == f"{said}, not {count:,}"
    assert isinstance(tx.transact(lambda inner: inner.all(queries.similar(ada, [0.5]))).failure(), EncodeError)


def test_what_is_near_is_found_first_and_of_one_user(tx: Tx, ada: UserId) -> None:
    ben = make.sign_up(tx, "ben")
    wanted = vector(0)
    rows = [
        NewEmbedding(user_id=user, content=f"{name} {far}", embedding=[each + far / 8 for each in wanted])
        for user, name in ((ada, "ada"), (ben, "ben"))
        for far in range(15, 0, -1)
    ]
    unwrap(tx.insert_many(rows))
    assert tx.all(queries.similar(ada, wanted)) == Success([f"ada {far}" for far in range(1, 11)])
    assert tx.all(queries.similar(ben, wanted, 2)) == Success(["ben 1", "ben 2"])
    assert '"embeddings"."embedding" <-> $2' in str(compile(queries.similar(ada, wanted)))


def test_the_documents_own_statement(tx: Tx, ada: UserId) -> None:
    unwrap(tx.execute(insert(NewEmbedding(user_id=ada, content="Sample text", embedding=vector(2)))))
    said = """
      SELECT content
      FROM embeddings
      WHERE user_id = {user}
      ORDER BY embedding <-> {query}::vector
      LIMIT 10
    """
    given = "[" + ",".join(map(str, vector(2))) + "]"
    assert tx.all(sql(said, user=ada, query=given).rows(str)) == Success(["Sample text"])


def test_the_index_serves_the_search(tx: Tx, ada: UserId) -> None:
    unwrap(tx.insert_many([NewEmbedding(user_id=ada, content=f"{n}", embedding=vector(n)) for n in range(200)]))
    unwrap(tx.execute(sql("SET LOCAL enable_seqscan TO off").command()))
    nearest = select(Embedding.content).order_by(Embedding.embedding.distance(vector(5), by="l2")).limit(10)
    assert unwrap(tx.all(nearest))[0] == "5"
    literal = "[" + ",".join(map(str, vector(5))) + "]"
    planned = f"EXPLAIN SELECT content FROM embeddings ORDER BY embedding <-> '{literal}'::vector LIMIT 10"
    plan = " ".join(unwrap(tx.all(sql(trusted(planned)).rows(str))))
    assert "embeddings_embedding_idx" in plan
