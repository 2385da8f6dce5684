"""Who takes part, and where each is written. A child process imports the one contender it needs, not all."""

from enum import StrEnum
from importlib import import_module

from benchmarks.contender import AsyncContender, Contender


class Key(StrEnum):
    BY_HAND = "by-hand"
    BY_HAND_VALUES = "by-hand-values"
    QB = "qb"
    QB_ASYNC = "qb-async"
    ASYNCPG = "asyncpg"
    SQLALCHEMY_CORE = "sqlalchemy-core"
    SQLALCHEMY_ORM = "sqlalchemy-orm"


BASELINES = (Key.BY_HAND, Key.BY_HAND_VALUES)

FACTORIES: dict[Key, str] = {
    Key.BY_HAND: "benchmarks.by_hand:ByHand",
    Key.BY_HAND_VALUES: "benchmarks.by_hand:ByHandValues",
    Key.QB: "benchmarks.with_qb:Qb",
    Key.QB_ASYNC: "benchmarks.with_qb:QbAsync",
    Key.ASYNCPG: "benchmarks.with_asyncpg:Asyncpg",
    Key.SQLALCHEMY_CORE: "benchmarks.sqlalchemy_core:SqlalchemyCore",
    Key.SQLALCHEMY_ORM: "benchmarks.sqlalchemy_orm:SqlalchemyOrm",
}


def build(factory: str) -> Contender | AsyncContender:
    """From `module:class`."""
    module, name = factory.split(":")
    contender: Contender | AsyncContender = getattr(import_module(module), name)()
    return contender
