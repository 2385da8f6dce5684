"""What tells one text from another, however its lines end."""

from __future__ import annotations

import hashlib


def checksum(text: str) -> str:
    """SHA-256 of a text, in hexadecimal. How its lines end counts for nothing, nor does a byte order mark.

    >>> from qb.kit.history.checksum import checksum
    >>> checksum("SELECT 1;\\r\\n") == checksum("SELECT 1;\\n")
    True
    """
    return hashlib.sha256(normalised(text).encode()).hexdigest()


def normalised(text: str) -> str:
    """The text with lines that end as on Unix."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
