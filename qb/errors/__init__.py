"""What can go wrong: bugs are raised, what the world does is returned.

`QbError` and its subclasses are raised, where the mistake is. `DbError` is a closed family of read-only values that
come back in a `Failure`. They are exceptions as well, so that `.unwrap()` shows them and `raise error` works. Two are
equal when their fields are; they can be hashed, copied, pickled and matched.

No field holds the value of a parameter, the content of a row, or a password: names and numbers of the schema only.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from qb.errors.bugs import ClosedError, DefinitionError, QbError, QueryError, TransactionAborted

if TYPE_CHECKING:
    from qb.errors.connections import AddressUnreadable, ConnectionLost, ConnectionRefused, PoolExhausted
    from qb.errors.family import DbError
    from qb.errors.interruptions import (
        Cancelled,
        DeadlockDetected,
        SerializationFailure,
        StaleStatement,
        Timeout,
        retryable,
    )
    from qb.errors.refusals import (
        DataException,
        DdlRefused,
        EncodeError,
        ExtensionMissing,
        InsufficientPrivilege,
        InvalidSql,
        ReadOnly,
        ServerError,
    )
    from qb.errors.results import DecodeError, ManyRows, NotFound, SchemaIncomplete, SchemaMismatch
    from qb.errors.violations import (
        CheckViolation,
        ExclusionViolation,
        ForeignKeyViolation,
        NotNullViolation,
        UniqueViolation,
    )

__all__ = [
    "AddressUnreadable",
    "Cancelled",
    "CheckViolation",
    "ClosedError",
    "ConnectionLost",
    "ConnectionRefused",
    "DataException",
    "DbError",
    "DdlRefused",
    "DeadlockDetected",
    "DecodeError",
    "DefinitionError",
    "EncodeError",
    "ExclusionViolation",
    "ExtensionMissing",
    "ForeignKeyViolation",
    "InsufficientPrivilege",
    "InvalidSql",
    "ManyRows",
    "NotFound",
    "NotNullViolation",
    "PoolExhausted",
    "QbError",
    "QueryError",
    "ReadOnly",
    "SchemaIncomplete",
    "SchemaMismatch",
    "SerializationFailure",
    "ServerError",
    "StaleStatement",
    "Timeout",
    "TransactionAborted",
    "UniqueViolation",
    "retryable",
]


# Where they are imported from is what they are called, in tracebacks and in pickles.
for _each in (QbError, *QbError.__subclasses__()):
    _each.__module__ = __name__

if not TYPE_CHECKING:  # to a checker it would make a name of each misspelt one

    def __getattr__(name: str) -> object:
        """The members of the family are dataclasses, which whoever only describes a database need not wait for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        for module in ("connections", "interruptions", "refusals", "results", "violations"):
            found = vars(import_module(f"{__name__}.{module}"))
            globals().update({each: found[each] for each in __all__ if each in found})
        return globals()[name]

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
