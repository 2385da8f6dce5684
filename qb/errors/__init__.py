"""What can go wrong: bugs are raised, what the world does is returned.

`QbError` and its subclasses are raised, where the mistake is. `DbError` is a closed family of read-only values that
come back in a `Failure`. They are exceptions as well, so that `.unwrap()` shows them and `raise error` works. Two are
equal when their fields are; they can be hashed, copied, pickled and matched.

No field holds the value of a parameter, the content of a row, or a password: names and numbers of the schema only.
"""

from __future__ import annotations

from qb.errors.bugs import ClosedError, DefinitionError, QbError, QueryError, TransactionAborted
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
def _call_them() -> None:
    for each in (QbError, *QbError.__subclasses__(), DbError, *DbError.__subclasses__()):
        each.__module__ = __name__


_call_them()
