"""CASE over Python Enums: text by itself, the column's PostgreSQL enum where it stands beside one."""

from enum import Enum

from qb import Col, Table, Tx, case, column, compile, pg, select, sql, update


class Mood(Enum):
    GOOD = "good"
    BAD = "bad"


class Cat(Table, name="enum_cats"):
    id: Col[int] = column(pg.bigint, primary_key=True)
    mood: Col[Mood] = column(pg.enum("enum_mood", Mood))
    words: Col[Mood] = column()


MOOD = case((Cat.id > 1, Mood.GOOD), else_=Mood.BAD)


def test_set_and_compared(qb_tx: Tx) -> None:
    for statement in (
        "CREATE TYPE enum_mood AS ENUM ('good', 'bad')",
        "CREATE TABLE enum_cats (id bigint, mood enum_mood, words text)",
        "INSERT INTO enum_cats VALUES (1, 'good', ''), (2, 'good', '')",
    ):
        qb_tx.execute(sql(statement).command()).unwrap()
    changed = update(Cat).set(Cat.mood.to(MOOD), Cat.words.to(MOOD)).all_rows().returning()
    assert [(cat.mood, cat.words) for cat in qb_tx.all(changed).unwrap()] == [(Mood.BAD,) * 2, (Mood.GOOD,) * 2]
    assert len(qb_tx.all(select(Cat).where(Cat.mood == MOOD, Cat.words == MOOD)).unwrap()) == 2


def test_text_stays_text() -> None:
    assert "enum_mood" not in str(compile(update(Cat).set(Cat.words.to(MOOD)).all_rows()))
