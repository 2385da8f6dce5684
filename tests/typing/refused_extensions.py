"""Types of extensions: every line marked `# error` must be refused, as in `refused.py`."""
# fmt: off

from __future__ import annotations

from qb import Col, Table, column, fn, pg
from qb.types.geojson import Point, Polygon
from qb.types.vector import SparseVector
from tests.typing.accepted_extensions import HOME, Folk


class Wrong(Table, name="wrong_folk"):
    email: Col[int] = column(pg.citext)                                                 # error: texts
    facts: Col[dict[str, int]] = column(pg.hstore)                                      # error: texts alone
    home: Col[Polygon] = column(pg.geometry(Point))                                     # error: another kind
    text: Col[str] = column(pg.geometry(Point))                                         # error: no text
    sparse: Col[list[float]] = column(pg.sparsevec(3))                                  # error: another kind of vector
    half: Col[SparseVector] = column(pg.halfvec(3))                                     # error: another kind of vector


pg.geometry(str)                                                                        # error: no place
pg.geometry(Point, "4326")                                                              # error: a number
pg.geography(4326)                                                                      # error: a number
Folk.email.contains("a")                                                                # error: a text
Folk.facts.contains("a")                                                                # error: no pairs
Folk.facts.overlaps({"a": "1"})                                                         # error: no such operator
Folk.path.contains("a.b")                                                               # error: a plain text
Folk.path.overlaps(Folk.path)                                                           # error: no such operator
Folk.path.matches("*")                                                                  # error: a plain text
Folk.home.contains(HOME)                                                                # error: that is st_contains
Folk.home.left_of(HOME)                                                                 # error: no such operator
Folk.home.distance(5)                                                                   # error: no place
Folk.home.distance(HOME, by="l2")                                                       # error: no vector
Folk.email.distance("a")                                                                # error: no text
Folk.email.distance("1", by="l2")                                                       # error: no vector
Folk.half.distance([1.0], by="hamming")                                                 # error: no bits
Folk.half.distance([1.0])                                                               # error: which way?
Folk.half.distance(["a"], by="l2")                                                      # error: texts
Folk.sparse.distance([1.0], by="l2")                                                    # error: another kind of vector
fn.st_distance(Folk.email, HOME)                                                        # error: a text
fn.st_contains(Folk.area, "here")                                                       # error: a text
fn.st_dwithin(Folk.home, HOME, "far")                                                   # error: a number
fn.st_transform(Folk.email, 3857)                                                       # error: no place
fn.exist(Folk.email, "a")                                                               # error: no pairs
fn.akeys(Folk.path)                                                                     # error: no pairs
fn.nlevel(Folk.email)                                                                   # error: no path
fn.ltree_concat(Folk.path, Folk.facts)                                                  # error: no path
