"""What a conversion says of a value that it does not take."""

from __future__ import annotations


class Rejected(Exception):
    """A value that is not what its column becomes. It says why, and no value."""
