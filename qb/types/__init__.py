"""What a PostgreSQL type is: SQL name, wire form, Python value, form inside JSON."""

from qb.types.base import JsonForm, SqlType
from qb.types.builtin import pg

__all__ = ["JsonForm", "SqlType", "pg"]
