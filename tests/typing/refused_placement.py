"""What lies in or beside nothing of the kind: every line marked `# error` must be refused, as in `refused.py`."""
# fmt: off

from __future__ import annotations

import datetime as dt
from ipaddress import ip_network

from qb import Range, fn, select
from qb.types.geometric import Box, Point
from tests.typing.common import Issue, Stay, User

week = Range(dt.date(2024, 5, 6), dt.date(2024, 5, 13))
network = ip_network("10.0.0.0/8")

Stay.days.contains("x")                                                                 # error: another type
Stay.days.contains(5)                                                                   # error: another type
Stay.days.contains(Issue.hours)                                                         # error: another type
Stay.days.contains(Stay.rooms)                                                          # error: another range
Stay.days.contains(Range(1, 2))                                                         # error: another range
Stay.days.contains(None)                                                                # error: nothing is in NULL
Stay.days.overlaps(dt.date(2024, 5, 6))                                                 # error: a day overlaps nothing
Stay.days.overlaps(Stay.rooms)                                                          # error: another range
Stay.days.left_of(Issue.day)                                                            # error: a day is no range
Stay.days.union(Stay.free)                                                              # error: a multirange
Stay.days.union(Stay.rooms)                                                             # error: another range
Stay.days.same(week)                                                                    # error: that is ==
Stay.days.distance(week)                                                                # error: no shape
Issue.title.contains("x")                                                               # error: a text
Issue.title.overlaps(Issue.title)                                                       # error: a text
Issue.hours.contains(5)                                                                 # error: a number
Issue.hours.contained_by(week)                                                          # error: another type
Issue.hours.lower_bound()                                                               # error: a number
Issue.title.upper_bound()                                                               # error: a text
fn.isempty(Issue.title)                                                                 # error: a text
fn.multirange(Stay.free)                                                                # error: it is one
fn.range_agg(Issue.day)                                                                 # error: a day
User.tags.contains("a")                                                                 # error: no list
User.tags.overlaps([1])                                                                 # error: another type
User.tags.left_of(["a"])                                                                # error: a list
Stay.host.contains("10.0.0.1")                                                          # error: a text
Stay.host.adjacent(network)                                                             # error: no range
fn.host(Issue.title)                                                                    # error: a text
Stay.at.contains(Point(1, 2))                                                           # error: a point holds nothing
Stay.at.overlaps(Stay.at)                                                               # error: a point
Stay.plot.same(Point(1, 2))                                                             # error: another shape
Stay.plot.contained_by(Point(1, 2))                                                     # error: a point holds nothing
Stay.at.distance(5)                                                                     # error: no shape
Stay.at.distance(Point(1, 2), by="cosine")                                              # error: no vector
User.embedding.distance([1.0], by="near")                                               # error: no such way
User.embedding.distance([1.0])                                                          # error: which way?
Stay.search.matches("cats")                                                             # error: no query
Stay.search.matches(Stay.search)                                                        # error: no query
Issue.title.matches(Stay.wanted)                                                        # error: a text
fn.to_tsvector("english", Issue.hours)                                                  # error: a number
fn.to_tsvector(5, Issue.title)                                                          # error: no configuration
fn.setweight(Stay.search, "E")                                                          # error: no such weight
fn.ts_rank(Issue.title, Stay.wanted)                                                    # error: a text
fn.ts_headline("english", Issue.title, "cats")                                          # error: no query
fn.bitand(Issue.hours, "1")                                                             # error: a number
fn.bit_count(Issue.hours)                                                               # error: a number
select(Issue).where(Stay.at.distance(Point(1, 2)))                                      # error: a number
select(Issue).where(Stay.days.lower_bound())                                            # error: a day
Box(Point(0, 0), 5)                                                                     # error: no corner
