"""Mistakes with what looks at catalogs and rows: every line marked `# error` must be refused, and no other.

See refused.py.
"""
# fmt: off

from __future__ import annotations

from qb import Db, schema, silence
from qb.kit import Catalog, check, erd, validate
from tests.typing.common import User

silence("no-such-lint", User.id, because="there are ten")                               # error: there is none
silence("serial-column", User.id)                                                       # error: it does not say why
silence("serial-column", "users", because="there are ten")                              # error: a name is no table
silence("serial-column", User.id + 1, because="there are ten")                          # error: nor is an expression


def read(db: Db, catalog: Catalog) -> None:
    check(db)                                                                           # error: a catalog first
    check(catalog, only=["no-such-lint"])                                               # error
    check(catalog, profile="drupal")                                                    # error
    check(catalog).findings[0].lint = "serial-column"                                   # error: a value
    erd(catalog, "png")                                                                 # error
    erd(catalog, columns="some")                                                        # error
    validate(db, schema(User))                                                          # error: the other way round
    validate(schema(User), db, sample="all")                                            # error
