"""The inbox: what came, in its order, and what was thrown away."""

from psycopg.pq import PGnotify

from qb import ConnectionLost, Gap, Garbled, Notification, channel
from qb.run.talk.notifications import Inbox

LOST = ConnectionLost("gone")


def told(*payloads: bytes) -> list[PGnotify]:
    return [PGnotify(b"told", 7, each) for each in payloads]


def events(inbox: Inbox[str]) -> list[object]:
    found: list[object] = []
    while (event := inbox.take()) is not None:
        found.append(event)
    return found


def heard(*payloads: str) -> list[object]:
    return [Notification("told", each, 7) for each in payloads]


def test_in_its_order_with_the_gap_before_what_came_after_it() -> None:
    inbox = Inbox[str]((channel("told"),), 10)
    inbox.begin(None, told(b"a"))
    inbox.put(*told(b"b"))
    inbox.begin(LOST, told(b"c"))
    assert inbox
    assert events(inbox) == [*heard("a", "b"), Gap(LOST), *heard("c")]
    assert not inbox


def test_the_newest_are_kept_and_the_others_counted() -> None:
    inbox = Inbox[str]((channel("told"),), 2)
    inbox.begin(None, told(b"a", b"b", b"c", b"d"))
    assert events(inbox) == [Gap(None, 2), *heard("c", "d")]
    inbox.begin(LOST, told(b"a", b"b"))
    assert events(inbox) == [Gap(LOST, 1), *heard("a", "b")]
    inbox.begin(LOST, told(*[b"x"] * 50))
    assert inbox.take() == Gap(LOST, 49)


def test_what_is_no_utf8() -> None:
    inbox = Inbox[str]((channel("told"),), 2)
    inbox.put(*told(b"\xff"))
    assert inbox.take() == Garbled("told", "\N{REPLACEMENT CHARACTER}", 7, "UnicodeDecodeError")
