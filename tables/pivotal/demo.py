"""Pivotal Flow's database on a real server: seeded, a quote priced, agreed to, sent, accepted, invoiced and paid.

The server is that of DATABASE_URL, or else the embedded one in the project's folder `.qb`. All happens in a database of
its own, which is dropped at the end.
"""

import datetime as dt
import sys
import time
from collections.abc import Callable
from decimal import Decimal

from pivotal.documents import QuoteMetadata
from pivotal.guards import body
from qb import Db, DbError, New, Success, connect, create_all, guards, insert, select, unwrap, update
from tables.pivotal import modules, repository, schema
from tables.pivotal.invoices import NewPayment
from tables.pivotal.quotes import NewApprovalPolicy, Quote, QuoteLine
from tables.pivotal.seed import ADMIN, ADMINS, DEVELOPER, DRAFT, PIVOTAL_FLOW, seed
from tables.scratch import scratch_database
from tables.show import brief, heading, lines, statement


def main() -> int:
    """The exit code: 0 when everything went as it should, 1 when there is no server to show it on."""
    reconfigure: Callable[..., None] | None = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    started = time.perf_counter()
    try:
        with scratch_database(name="pivotal_demo") as url, connect(url) as db:
            create(db)
            price(db)
            documents(db)
            from_quote_to_money(db)
    except (DbError, ImportError) as error:
        print(f"The demo needs a PostgreSQL server: {error}", file=sys.stderr)
        return 1
    print(f"\nAll of it took {time.perf_counter() - started:.1f} s; its database is gone again.")
    return 0


def create(db: Db) -> None:
    ddl = create_all(schema)
    heading(f"Create {len(schema.tables)} tables: {len(ddl.statements)} statements from the classes, for example")
    unwrap(db.run(ddl))
    for each in ddl.statements:
        if 'TABLE "quote_lines"' in each:
            print("\n".join(f"  {line}" for line in each.splitlines() if "GENERATED" in line))
    heading("Seed it, twice")
    lines([f"{unwrap(seed(db))} rows, then {unwrap(seed(db))}"])


def price(db: Db) -> None:
    heading("A line is priced by its rate card; PostgreSQL computes what follows, and what the quote comes to")
    lines([amounts(db)])
    made = unwrap(repository.add_line(db, DRAFT, DEVELOPER, "Search", Decimal("2.25"), Decimal("0.2")))
    lines([f"{made.quantity} x {made.unit_price} less {made.discount_rate:%}, tax {made.tax_rate:%}: {made.total}"])
    lines([amounts(db)])
    heading("Nobody writes another total")
    unwrap(db.execute(update(Quote).set(Quote.subtotal.to(Decimal(1))).where(Quote.id == DRAFT)))
    lines([amounts(db)])


def amounts(db: Db) -> str:
    quote = unwrap(db.one(repository.by_id(DRAFT)))
    return f"the quote: {quote.subtotal} - {quote.discount} + {quote.tax} = {quote.total} {quote.currency}"


def documents(db: Db) -> None:
    heading("Money belongs into columns: a body with some in a document is refused with the path")
    of = f'"organization_id": "{PIVOTAL_FLOW}", "quote_id": "{DRAFT}"'
    line = f'{of}, "position": 9, "description": "x", "quantity": "1", "unit_price": "5"'
    for extra in ("{}", '{"lines": [{"Unit-Price": 5}]}'):
        given = f'{{{line}, "metadata": {{"source": "web", "extra": {extra}}}}}'
        found = body(New[QuoteLine], given.encode())
        lines([extra + ": " + ("a row" if isinstance(found, Success) else brief(found))])
    heading("So is a write, and what others write is refused by a CHECK")
    held = QuoteMetadata(extra={"net_amount": 5})
    lines([brief(db.execute(update(Quote).set(Quote.metadata.to(held)).where(Quote.id == DRAFT)))])
    heading("Which columns are relational, which are documents, and what guards these")
    print("\n".join(str(guards(*modules)).splitlines()[:4]))
    lines([f"rows that hold what is refused: {unwrap(db.all(guards(*modules).audit()))}"])


def from_quote_to_money(db: Db) -> None:
    heading("A quote of ten thousand needs somebody to agree")
    limit = NewApprovalPolicy(organization_id=PIVOTAL_FLOW, role_id=ADMINS, threshold=Decimal(10_000))
    unwrap(db.execute(insert(limit)))
    statement(repository.missing_approvals(DRAFT))
    lines([brief(repository.send(db, DRAFT))])
    for request in unwrap(repository.ask_approval(db, DRAFT)):
        unwrap(repository.agree(db, request, ADMIN))
    sent = unwrap(repository.send(db, DRAFT))
    lines([f"version {sent.version} is kept with its lines: {sent.total}", brief(repository.send(db, DRAFT))])

    heading("What was sent stays: its lines are those of no draft any more")
    lines([brief(repository.add_line(db, DRAFT, DEVELOPER, "More", Decimal(1)))])

    heading("Accepted, invoiced, paid, and no cent more")
    unwrap(repository.accept(db, DRAFT))
    invoice = unwrap(repository.invoice(db, DRAFT, "I-0001"))
    for amount in (invoice.total - 1, Decimal("1.01"), Decimal(1)):
        paid = repository.pay(db, NewPayment(invoice_id=invoice.id, amount=amount, day=dt.date(2025, 3, 1)))
        lines([f"{amount}: " + (f"paid {paid.unwrap().paid}" if isinstance(paid, Success) else brief(paid))])
    lines([f"{unwrap(db.scalar(select(Quote.status)))}, {invoice.total}"])


if __name__ == "__main__":
    sys.exit(main())
