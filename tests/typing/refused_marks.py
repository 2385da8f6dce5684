"""Hidden and deprecated columns: each line marked `# error` is refused by both checkers, and no other.

mypy marks what is deprecated where it is asked to, pyright as `reportDeprecated` says.
"""
# fmt: off
# mypy: enable-error-code="deprecated"
# pyright: reportDeprecated=error

from __future__ import annotations

from qb import Col, Deprecated, Hidden, Table, column, fn, identity, insert, new, patch, select, update


class Page(Table, name="refused_pages"):
    id: Col[int] = column(primary_key=True, default=identity())
    title: Col[str] = column()
    body: Hidden[str] = column()
    note: Hidden[str | None] = column(default=None)
    search: Hidden[str] = column(generated=fn.upper(body))
    excerpt: Deprecated[str] = column(default="", deprecated="use title")
    number: Hidden[int] = column(default="")                                            # error: a text
    wrong: Deprecated[int] = column(default="", deprecated="use number")                # error: a text


def read(page: Page) -> None:
    page.title
    page.body                                                                           # error: no row holds it
    page.note                                                                           # error
    page.search                                                                         # error
    page.excerpt                                                                        # error: deprecated


new(Page)(title="x", body="y", note=None, excerpt="z")
new(Page)(title="x")                                                                    # error: body is missing
new(Page)(title="x", body=1)                                                            # error: a number
new(Page)(title="x", body="y", search="Y")                                              # error: PostgreSQL writes it
select(Page, Page.body)
select(Page.excerpt)                                                                    # error: deprecated
select(Page).where(Page.excerpt == "")                                                  # error: deprecated
update(Page).set(Page.excerpt.to("x"))                                                  # error: deprecated
update(Page).set(Page.body.to("x"))
update(Page).set(Page.body.to(1))                                                       # error: a number
insert(new(Page)(title="x", body="y")).returning(Page.body, Page.note)
patch(Page, Page.body)
patch(Page, Page.excerpt)                                                               # error: deprecated
