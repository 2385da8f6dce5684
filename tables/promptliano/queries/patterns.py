"""Patterns for LIKE from text that somebody typed."""


def containing(text: str) -> str:
    r"""Matches what contains the text: its own `%`, `_` and `\` stand for themselves.

    >>> print(containing("50%_off"))
    %50\%\_off%
    """
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"
