"""The rules of money. Each is one expression, so that PostgreSQL computes what it keeps, and nobody can write another.

Amounts are rounded to cents where they arise, half a cent away from zero, and are added up as they are: a quote's total
is the sum of what its lines show. A generated column sees no other generated one, so each rule is told from the start.
"""

from decimal import Decimal

from qb import Col, Expr, Table, column, fn, pg

QUANTITY = pg.numeric(10, 3)
PRICE = pg.numeric(13, 4)
RATE = pg.numeric(6, 5)
AMOUNT = pg.numeric(20, 2)

ZERO, ONE = Decimal(0), Decimal(1)
NAN = Decimal("NaN")


def positive(amount: Expr[Decimal] | Expr[Decimal | None]) -> Expr[bool | None]:
    """More than nothing, and a number: to PostgreSQL NaN is more than any."""
    return (amount > ZERO) & (amount < NAN)


def not_negative(amount: Expr[Decimal] | Expr[Decimal | None]) -> Expr[bool | None]:
    """Nothing or more, and a number."""
    return (amount >= ZERO) & (amount < NAN)


def subtotal(quantity: Expr[Decimal], price: Expr[Decimal]) -> Expr[Decimal]:
    """What a line comes to."""
    return fn.round(quantity * price, 2)


def discount(quantity: Expr[Decimal], price: Expr[Decimal], off: Expr[Decimal]) -> Expr[Decimal]:
    """What is taken off."""
    return fn.round(subtotal(quantity, price) * off, 2)


def tax(quantity: Expr[Decimal], price: Expr[Decimal], off: Expr[Decimal], rate: Expr[Decimal]) -> Expr[Decimal]:
    """The tax on what is left."""
    return fn.round((subtotal(quantity, price) - discount(quantity, price, off)) * rate, 2)


def total(quantity: Expr[Decimal], price: Expr[Decimal], off: Expr[Decimal], rate: Expr[Decimal]) -> Expr[Decimal]:
    """What is to be paid."""
    left = subtotal(quantity, price) - discount(quantity, price, off)
    return left + tax(quantity, price, off, rate)


class Priced(Table):
    """A line of a quote or an invoice: what it says, and what follows."""

    description: Col[str] = column(pg.text, check=lambda text: fn.length(fn.trim(text)) > 0)
    quantity: Col[Decimal] = column(QUANTITY, check=positive)
    unit_price: Col[Decimal] = column(PRICE, check=not_negative)
    discount_rate: Col[Decimal] = column(RATE, default=ZERO, check=lambda rate: rate.between(ZERO, ONE))
    tax_rate: Col[Decimal] = column(RATE, default=ZERO, check=lambda rate: rate.between(ZERO, ONE))
    subtotal: Col[Decimal] = column(AMOUNT, generated=subtotal(quantity, unit_price))
    discount: Col[Decimal] = column(AMOUNT, generated=discount(quantity, unit_price, discount_rate))
    tax: Col[Decimal] = column(AMOUNT, generated=tax(quantity, unit_price, discount_rate, tax_rate))
    total: Col[Decimal] = column(AMOUNT, generated=total(quantity, unit_price, discount_rate, tax_rate))


class Summed(Table):
    """What lines come to: a trigger adds them up, whoever writes."""

    subtotal: Col[Decimal] = column(AMOUNT, default=ZERO, check=not_negative)
    discount: Col[Decimal] = column(AMOUNT, default=ZERO, check=not_negative)
    tax: Col[Decimal] = column(AMOUNT, default=ZERO, check=not_negative)
    total: Col[Decimal] = column(AMOUNT, generated=subtotal - discount + tax)
