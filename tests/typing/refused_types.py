"""Types of one's own that the checkers refuse: each line marked `# error` is refused by both, and no other."""
# fmt: off

from __future__ import annotations

from typing import NewType

import msgspec

from qb import Col, Table, collation, column, composite, custom_object, domain, extension, fn, pg, select, sql

Email = NewType("Email", str)
email = domain("email", pg.text, brand=Email)
count = domain("count", pg.integer)



class Address(msgspec.Struct, frozen=True):
    city: str


address = composite("address", Address)

domain("d")                                                                             # error: no type
domain("d", str)                                                                        # error: no type of SQL
domain("d", pg.integer, default="x")                                                    # error: no number
domain("d", pg.text, default=5)                                                         # error: no text
domain("d", pg.integer, default=fn.now())                                               # error: no number
domain("d", pg.text, default=fn.now())                                                  # error: no text
domain("d", pg.integer, check=lambda value: value + 1)                                  # error: no condition
domain("d", pg.text, check=lambda value: value + 1)                                     # error: no number
domain("d", pg.integer, check=True)                                                     # error: no function
domain("d", pg.text, not_null="yes")                                                    # error
domain("d", pg.text, collate=5)                                                         # error: no name
composite("c")                                                                          # error: no Struct
composite("c", str)                                                                     # error: no Struct
composite("c", Address, types={"city": str})                                            # error: no type of SQL
composite("c", Address, names={"city": 5})                                              # error: no name
collation("c", provider="x")                                                            # error: no provider
extension("x", schema=5)                                                                # error: no name
custom_object("job", "x")                                                               # error: no SQL
custom_object("job", "x", create="SELECT 1")                                            # error: no sql(...)
custom_object("job", "x", create=sql("SELECT 1"), read=5)                               # error: no sql(...)
domain("d", pg.text, comment=5)                                                         # error: no text
pg.text.collate(extension("x"))                                                         # error: no collation


class Wrong(Table, name="wrong of types"):
    a: Col[str] = column(email)                                                         # error: another brand
    b: Col[Email] = column(count)                                                       # error: no text
    c: Col[str] = column(count)                                                         # error: no text
    d: Col[list[str]] = column(pg.array(email))                                         # error: another brand
    e: Col[int] = column(email)                                                         # error: no number
    f: Col[str] = column(address)                                                       # error: an Address
    g: Col[list[str]] = column(pg.array(address))                                       # error: Addresses
    h: Col[Address] = column(address)


Wrong.h.path(lambda home: home.town)                                                    # error: no such field
select(Wrong.h).where(Wrong.h == "London")                                              # error: an Address
