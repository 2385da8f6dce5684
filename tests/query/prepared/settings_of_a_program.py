"""What a prepared query must not read, and what it may: a module as programs have them."""

from dataclasses import dataclass

LIMIT = 2
WORDS = ["a", "B"]
changing = 1
GROWING = ["a"]


@dataclass(frozen=True)
class Page:
    size: int = 2


@dataclass
class Settings:
    tenant: int = 1


PAGE = Page()
settings = Settings()


def change(value: int) -> None:
    global changing  # noqa: PLW0603 - what the tests are about
    changing = value
    GROWING.append("b")
