"""A module that imports a table, beside which something is silenced where it was written."""

from tests.kit.checks.lent import Lent

__all__ = ["Lent"]
