"""What comes from outside: ids and documents, taken or refused with the path."""

import doctest

import msgspec
import pytest

from archetype import guards
from archetype.documents.auth import ClerkUser, InboxWatch
from archetype.documents.conditions import Compare, Condition, Not, Some
from archetype.documents.model import ActionDefinition, StoreConfig, ValidationRule
from archetype.documents.work import EmailFinding
from archetype.guards import LONGEST, branded, decoded, raw
from archetype.ids import ActionId, ColumnId
from qb import Failure, New, Success
from tables.archetype.auth.organizations import Organization
from tables.archetype.builder.stores import no_secrets


@pytest.mark.parametrize("given", ["a", "act_1", "0b1e2cd8-93c0-4f4f-8d8e-6bb0d0b6e0a4", "ü", "x" * LONGEST])
def test_an_id_from_outside(given: str) -> None:
    assert branded(ActionId, given) == Success(given)


@pytest.mark.parametrize("given", ["", " ", "a b", "a\n", "\0", "x" * (LONGEST + 1), 1, None, b"a", "\ud800", True])
def test_what_is_no_id(given: object) -> None:
    assert isinstance(branded(ActionId, given), Failure)


NAIVE = '{"kind": "gmail", "topic": "t", "history_id": "1", "expires_at": "2025-01-01T00:00:00"}'
WITHIN = '{"op": "all", "conditions": [{"op": "not", "condition": {"op": "xor"}}]}'
BRANCH = '{"steps": [{"do": "branch", "condition": {"op": "is_empty"}, "then": []}]}'
REFUSED: list[tuple[object, str, str]] = [
    (ClerkUser, '{"id": "u", "email_addresses": [{"id": "e"}]}', "$.email_addresses[0]"),
    (InboxWatch, '{"kind": "imap"}', "$.kind"),
    (InboxWatch, NAIVE, "$.expires_at"),
    (Condition, WITHIN, "$.conditions[0].condition.op"),
    (ActionDefinition, BRANCH, "$.steps[0].condition"),
    (ValidationRule, '{"rule": "between", "low": "x"}', "$.low"),
    (StoreConfig, '{"kind": "postgres", "host": "h", "database": "d", "port": 70000}', "$.port"),
    (EmailFinding, '{"stage": "classify", "entity_types": {"t": 1.5}}', "$.entity_types[...]"),
    (New[Organization], '{"clerk_org_id": "o", "slug": "s", "name": "n", "status": "late"}', "$.status"),
]


@pytest.mark.parametrize(("kind", "document", "path"), REFUSED, ids=[document for _, document, _ in REFUSED])
def test_a_wrong_document_is_refused_with_its_path(kind: type[object], document: str, path: str) -> None:
    refused = decoded(kind, document).failure()
    assert (refused.path, refused.reason != "") == (path, True)


def test_documents_that_hold_themselves() -> None:
    deep: Condition = Compare(ColumnId("c"), "=", None)
    for _ in range(40):
        deep = Some([Not(deep), deep]) if isinstance(deep, Compare) else Not(deep)
    assert decoded(Condition, raw(deep)) == Success(deep)


def test_a_store_has_no_password() -> None:
    assert no_secrets.find({"kind": "postgres", "host": "h", "options": [{"api-key": 1}]}) == "$.options[0].api-key"
    assert no_secrets.find(msgspec.json.encode({"kind": "bigquery", "project": "p", "dataset": "d"})) is None


def test_examples_in_docstrings() -> None:
    found = doctest.testmod(guards)
    assert (found.attempted > 0, found.failed) == (True, 0)
