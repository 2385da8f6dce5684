"""What cannot be calculated, or stored: every line marked `# error` must be refused, as in `refused.py`."""
# fmt: off

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from qb import fn, select, update
from tests.typing.common import Account, Cents, Email, Issue, Log, LogId

noon = dt.time(12)

Account.day + 1.5                                                                       # error: half a day
Account.day + Decimal(1)                                                                # error: a day is an integer
Account.day + "1"                                                                       # error: another type
Account.day * 2                                                                         # error: no number
Account.day + Account.day                                                               # error: days do not add
Account.local + 1                                                                       # error: of what?
Account.local - 1                                                                       # error: of what?
Issue.opened_at + Issue.hours                                                           # error: of what?
1 - Account.day                                                                         # error: less a day
Account.id - Account.day                                                                # error: less a day
Account.opens + 1                                                                       # error: of what?
Account.opens - Account.day                                                             # error: a time less a day
Account.opens + Account.opens                                                           # error: times of day do not add
Account.opens + noon                                                                    # error: times of day do not add
Account.opens - Account.local                                                           # error: less a moment
Account.opens * 2                                                                       # error: no number
Account.span - Account.day                                                              # error: less a day
Account.span + 1                                                                        # error: of what?
noon + Account.opens                                                                    # error: times of day do not add

Account.paid.to(Account.paid + 5)                                                       # error: a number is no Cents
Account.paid.to(Account.paid + Issue.id)                                                # error: a number is no Cents
Account.paid.to(Account.paid + LogId(5))                                                # error: a number is no Cents
Account.paid.to(Account.paid * Account.paid)                                            # error: a number is no Cents
Account.paid.to(Account.paid / 2)                                                       # error: no Cents
Account.paid.to(Account.paid - Account.owed)                                            # error: it may be NULL
Account.paid.to((Account.id * Account.owed).as_(Cents))                                 # error: it may be NULL
Account.paid.to((Account.paid + 5).as_(LogId))                                          # error: another brand
Account.price.to(Account.price / 2)                                                     # error: a Decimal is no Euro
Account.price.to(Account.price + 1)                                                     # error: a Decimal is no Euro
Account.price.to(5)                                                                     # error: a number is no Euro
select(Log).where(Log.id * 2 == Issue.id * 2)                                           # error: ids of two tables
select(Issue).where(Issue.id == Account.paid + Cents(1))                                # error: another brand
(Account.paid + "5").as_(Cents)                                                         # error: a text
Account.code + "x"                                                                      # error: a text

Issue.rate.to(1.5)                                                                      # error: a float is not exact
Issue.rate.to("5")                                                                      # error: a text
Issue.rate.to(None)                                                                     # error: NOT NULL
Issue.rate.to(Issue.spent)                                                              # error: it may be NULL
Issue.discount.to(Issue.score)                                                          # error: a float is not exact
update(Issue).set(Issue.discount.to(True))                                              # error: a bool is no number
Issue.hours.to(Decimal(5))                                                              # error: a Decimal is no int
Issue.hours.to(Issue.rate)                                                              # error: a Decimal is no int

select(Issue).where(Issue.title.in_("abc"))                                             # error: a text is no list
select(Issue).where(Issue.title.not_in("abc"))                                          # error: a text is no list
select(Issue).where(Issue.nick.in_("abc"))                                              # error: a text is no list
select(Issue).where(Issue.email.in_(Email("a@b.c")))                                    # error: a text is no list
select(Issue).where(Issue.kind.in_("bug"))                                              # error: a text is no list

fn.lag(Issue.hours, 1, "x")                                                             # error: another type
fn.lag(Issue.hours, 1, 0.5)                                                             # error: another type
fn.lag(Issue.hours, 1, None)                                                            # error: nothing: leave it out
fn.lag(Issue.id, 1, Log.id)                                                             # error: another table's key
fn.lag(Issue.id, 1, 5)                                                                  # error: a number is no id
fn.lead(Issue.title, 1, 5)                                                              # error: another type
fn.lead(Issue.state, 1, "open")                                                         # error: no member
fn.lead(Issue.rate, 1, 0.5)                                                             # error: a float is not exact
fn.lead(Issue.due, 1, fn.now)                                                           # error: not called
