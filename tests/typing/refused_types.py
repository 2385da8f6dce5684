"""Types of one's own that the checkers refuse: each line marked `# error` is refused by both, and no other."""
# fmt: off

from __future__ import annotations

from typing import NewType

from qb import Col, Table, column, domain, fn, pg

Email = NewType("Email", str)
email = domain("email", pg.text, brand=Email)
count = domain("count", pg.integer)

domain("d")                                                                             # error: no type
domain("d", str)                                                                        # error: no type of SQL
domain("d", pg.integer, default="x")                                                    # error: no number
domain("d", pg.text, default=5)                                                         # error: no text
domain("d", pg.integer, default=fn.now())                                               # error: no number
domain("d", pg.integer, check=lambda value: value + 1)                                  # error: no condition
domain("d", pg.text, check=lambda value: value + 1)                                     # error: no number
domain("d", pg.integer, check=True)                                                     # error: no function
domain("d", pg.text, not_null="yes")                                                    # error
domain("d", pg.text, collate=5)                                                         # error: no name


class Wrong(Table, name="wrong of types"):
    a: Col[str] = column(email)                                                         # error: another brand
    b: Col[Email] = column(count)                                                       # error: no text
    c: Col[str] = column(count)                                                         # error: no text
    d: Col[list[str]] = column(pg.array(email))                                         # error: another brand
    e: Col[int] = column(email)                                                         # error: no number
