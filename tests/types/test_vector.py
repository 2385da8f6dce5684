"""pgvector's types: distances in each way that it counts, indexes for them, and what they do not hold."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import qb
from qb import (
    Col,
    Database,
    DefinitionError,
    QueryError,
    Success,
    Table,
    column,
    create_all,
    drop_all,
    index,
    insert,
    many,
    new,
    pg,
    prepare,
    schema,
    select,
)
from qb.types.vector import SparseVector


class Body(Table, name="vector_bodies"):
    id: Col[int] = column(primary_key=True)
    whole: Col[list[float]] = column(pg.vector(3))
    half: Col[list[float] | None] = column(pg.halfvec(3), default=None)
    sparse: Col[SparseVector] = column(pg.sparsevec(3))
    bits: Col[str] = column(pg.bit(4), default="1010")
    some: Col[str | None] = column(pg.varbit(8), default=None)


by_whole = index("vector_whole_idx", Body.whole, method="hnsw", operator_class="vector_l1_ops")
by_half = index("vector_half_idx", Body.half, method="hnsw", operator_class="halfvec_cosine_ops", with_={"m": 8})
by_sparse = index("vector_sparse_idx", Body.sparse, method="hnsw", operator_class="sparsevec_l2_ops")
by_bits = index("vector_bits_idx", Body.bits, method="hnsw", operator_class="bit_hamming_ops")
DESCRIBED = schema(Body, by_whole, by_half, by_sparse, by_bits)
B: Any = Body


@pytest.fixture(scope="module")
def bodies(qb_db: Database) -> Iterator[Database]:
    qb_db.run(create_all(DESCRIBED)).unwrap()
    qb_db.run(create_all(DESCRIBED, if_not_exists=True)).unwrap()
    row = new(Body)
    one = row(id=1, whole=[1, 0, 0], half=[1, 0, 0], sparse=SparseVector(3, {1: 1.0}))
    other = row(id=2, whole=[0, 3, 4], half=None, sparse=SparseVector(3, {2: 3.0, 3: 4.0}))
    qb_db.execute(insert(one, other)).unwrap()
    yield qb_db
    qb_db.run(drop_all(DESCRIBED)).unwrap()


WAYS: list[tuple[Any, float]] = [("l2", 5.0), ("l1", 7.0), ("cosine", 1.0), ("inner_product", 0.0)]


@pytest.mark.parametrize(("by", "wanted"), WAYS)
def test_distances(bodies: Database, by: Any, wanted: float) -> None:
    origin: list[float] = [0, 0, 0] if by in ("l2", "l1") else [1, 0, 0]
    sparse = SparseVector(3, dict(enumerate(origin, 1)))
    asked = select(Body.whole.distance(origin, by=by), Body.sparse.distance(sparse, by=by)).where(Body.id == 2)
    assert bodies.one(asked) == Success((wanted, wanted))
    assert bodies.one(select(Body.half.distance(origin, by=by)).where(Body.id == 2)) == Success(None)
    nearest = select(Body.id).order_by(Body.whole.distance(Body.whole, by=by), Body.id)
    assert len(bodies.all(nearest).unwrap()) == 2


def test_distances_of_bits(bodies: Database) -> None:
    bits, some = Body.bits.distance, Body.some.distance
    ways = bits("1001", by="hamming"), bits("1000", by="jaccard"), some("1010", by="hamming")
    asked = select(*ways, bits(Body.bits, by="hamming"))
    assert bodies.all(asked.where(Body.id == 1)) == Success([(2.0, 0.5, None, 0.0)])
    nearest = select(Body.id).order_by(bits("1111", by="hamming"), Body.id).limit(1)
    assert bodies.all(nearest) == Success([1])
    found = qb.sql("SELECT {d}", d=qb.value("110").cast(pg.varbit).distance("011", by="jaccard")).rows(float)
    assert bodies.one(found).map(lambda far: round(far, 3)) == Success(0.667)
    shorter = bodies.all(select(Body.bits.cast(pg.varbit).distance("1", by="hamming"))).failure()
    assert "different bit lengths" in str(shorter)
    assert "nothing but 0 and 1" in str(bodies.all(select(bits("12", by="hamming"))).failure())


def test_prepared(bodies: Database) -> None:
    @prepare
    def nearest(to: list[float]):  # type: ignore[no-untyped-def]
        return select(Body.id).order_by(Body.whole.distance(to, by="l2")).limit(1)

    assert bodies.all(nearest([0, 3, 3])) == Success([2])
    assert bodies.all(nearest([1, 0, 3])) == Success([1])


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: B.whole.distance([1]), "distance is not for vector_bodies.whole (vector(3))"),
    (lambda: B.whole.distance([1], by="near"), "distance by near is not for"),
    (lambda: B.whole.distance("x", by="l2"), "distance by l2 vector(3), not str"),
    (lambda: B.whole.distance(B.half, by="l2"), "distance by l2 vector(3), not halfvec(3)"),
    (lambda: B.whole.contains([1]), "contains is not for"),
    (lambda: B.bits.distance("1010"), "distance is not for vector_bodies.bits (bit(4))"),
    (lambda: B.bits.distance("1010", by="l2"), "distance by l2 is not for vector_bodies.bits (bit(4))"),
    (lambda: B.whole.distance([1], by="hamming"), "distance by hamming is not for vector_bodies.whole (vector(3))"),
    (lambda: qb.value("x").distance("y", by="hamming"), "distance by hamming is not for text"),
]


@pytest.mark.parametrize(("build", "said"), REFUSED)
def test_what_has_no_distance_is_refused(build: Callable[[], object], said: str) -> None:
    with pytest.raises(QueryError) as raised:
        build()
    assert said in str(raised.value)


def test_numbers_are_kept_to_the_precision_of_their_type(bodies: Database) -> None:
    (single,) = struct.unpack("f", struct.pack("f", 0.1))
    (half,) = struct.unpack("e", struct.pack("e", 0.1))
    least, most = 2.0**-126, 3.4028234663852886e38
    with bodies.transaction(rollback=True) as tx:
        given = new(Body)(id=3, whole=[0.1, least, most], half=[0.1, 2.0**-24, 65504], sparse=SparseVector(3, {2: 0.1}))
        tx.execute(insert(given)).unwrap()
        found = tx.one(select(Body).where(Body.id == 3)).unwrap()
        assert (found.whole, found.half) == ([single, least, most], [half, 2.0**-24, 65504.0])
        assert found.sparse == SparseVector(3, {2: single})
        again = new(Body)(id=4, whole=found.whole, half=found.half, sparse=found.sparse)  # nothing is lost twice
        assert tx.one(insert(again).returning(Body.whole, Body.half)) == Success((found.whole, found.half))
        assert tx.one(select(many(select(Body.whole).where(Body.id == 4)))) == Success([found.whole])
        empty = new(Body)(id=5, whole=[0, 0, -0.0], sparse=SparseVector(3, {}))
        assert tx.one(insert(empty).returning(Body.sparse)) == Success(SparseVector(3, {}))


@pytest.mark.parametrize(
    ("field", "number", "said"),
    [
        ("whole", 1e-50, "too small for it, and would become 0"),
        ("whole", -1e39, "out of its range"),
        ("whole", float("nan"), "NaN, which it does not hold"),
        ("half", 1e-9, "too small for it, and would become 0"),
        ("half", 65520, "out of its range"),
        ("half", float("inf"), "out of its range"),
        ("sparse", 1e-50, "too small for it, and would become 0"),
    ],
)
def test_a_number_that_would_become_another_one(bodies: Database, field: str, number: float, said: str) -> None:
    held: Any = {"whole": [0, 0, 0], "sparse": SparseVector(3, {})}
    held[field] = SparseVector(3, {2: number}) if field == "sparse" else [0, number, 1]
    row = new(Body)(id=3, **held)
    for outcome in (bodies.execute(insert(row)), bodies.insert_many([row])):
        assert str(outcome.failure()).endswith(f"cannot be sent: a number is {said}")


def test_what_they_do_not_hold(bodies: Database) -> None:
    row = new(Body)(id=3, whole=[1, 2], sparse=SparseVector(3, {}))
    said = 'a value for "vector_bodies"."whole" cannot be sent: it has 3 dimensions, not 2'
    assert str(bodies.execute(insert(row)).failure()) == said
    narrow = new(Body)(id=3, whole=[1, 2, 3], sparse=SparseVector(2, {}))
    assert str(bodies.execute(insert(narrow)).failure()).endswith("it has 3 dimensions, not 2")
    beyond = new(Body)(id=3, whole=[1, 2, 3], sparse=SparseVector(3, {4: 1.0}))
    assert bodies.execute(insert(beyond)).failure() is not None
    with pytest.raises(DefinitionError, match="a halfvec has 1 to 16,000 dimensions, not 0"):
        pg.halfvec(0)
    with pytest.raises(DefinitionError, match=r"sparsevec\(3\) holds SparseVector"):

        class Wrong(Table, name="wrong_vectors"):
            sparse: Col[list[float]] = column(pg.sparsevec(3))  # type: ignore[arg-type]

        Wrong.sparse
