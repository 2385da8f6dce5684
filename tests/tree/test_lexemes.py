"""What a lexeme is: together they are the text, and each is what PostgreSQL's scanner takes it for."""

from __future__ import annotations

import random

import pytest

from qb.tree.lexemes import lexemes
from qb.tree.transaction_control import controls

TEXTS = {
    "a--b\rc": ["word", "comment", "space", "word"],
    "/* /* */ ' */'a'": ["comment", "text"],
    "E'a\\'' 'b'": ["text", "space", "text"],
    "E'a' -- x\r\n '\\''": ["text"],
    "'a'\n'\\'": ["text", "space", "text"],
    "$a$ $$ $a$$b": ["text", "sign", "word"],
    "$é$'$é$": ["text"],
    "a$$b": ["word"],
    "1$$'$$": ["number", "text"],
    "$1$$'$$": ["number", "text"],
    '"a""b"c': ["name", "word"],
    "a\xa0b": ["word"],
    "a\x1cb": ["word", "sign", "word"],
    "+--a": ["signs", "comment"],
    "<=/*a*/": ["signs", "comment"],
    "'a": ["open"],
    "e'a\\'": ["open"],
    "e'a'\n'\\'": ["open"],
    "$a$ a": ["open"],
    "/* /* */": ["open"],
}


@pytest.mark.parametrize("text", TEXTS)
def test_what_a_text_is_made_of(text: str) -> None:
    found = list(lexemes(text))
    assert [each.kind for each in found] == TEXTS[text]
    assert "".join(each.text for each in found) == text


def test_nothing_is_lost() -> None:
    dice = random.Random(7)
    signs = "aE1$'\"\\-/*+;() \n\r\xa0é☃."
    for _ in range(2000):
        text = "".join(dice.choices(signs, k=dice.randrange(30)))
        assert "".join(each.text for each in lexemes(text)) == text


COMMANDS: dict[str, set[str]] = {
    "SELECT 1; /* x */ Commit": {"COMMIT"},
    "START TRANSACTION": {"START"},
    "PREPARE TRANSACTION 'a'": {"PREPARE TRANSACTION"},
    "PREPARE a AS SELECT 1": set(),
    "ROLLBACK PREPARED 'a'": {"ROLLBACK"},
    "ROLLBACK TRANSACTION TO SAVEPOINT a; RELEASE a": {"ROLLBACK TO", "RELEASE"},
    "ROLLBACK TO savepoint": {"ROLLBACK TO"},
    'RELEASE "qb_1"': {"RELEASE of a savepoint named qb_..."},
    "SAVEPOINT Qb_2": {"SAVEPOINT of a savepoint named qb_..."},
    "SAVEPOINT savepoint": set(),
    'ROLLBACK TO SAVEPOINT "a"': {"ROLLBACK TO"},
    "SELECT 'COMMIT'; -- x; COMMIT": set(),
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END": set(),
}


@pytest.mark.parametrize("text", COMMANDS)
def test_what_begins_or_ends_a_transaction(text: str) -> None:
    assert controls(text) == COMMANDS[text]
