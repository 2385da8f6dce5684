"""Documents of no class, `Col[msgspec.Raw | None]`: in JSON, new rows, patches, and rows that are made by hand."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import msgspec
import pytest
from hypothesis import given as given_
from hypothesis import settings
from msgspec import UNSET, Raw

from qb import (
    Col,
    New,
    Patch,
    Success,
    Table,
    Tx,
    column,
    create_all,
    delete,
    insert,
    new,
    patch,
    pg,
    replace,
    row,
    schema,
    select,
    update,
)
from qb.testing import factory, rows


class Draft(Table, name="drafts of anything", rename="camel"):
    id: Col[int] = column(primary_key=True)
    may_be: Col[Raw | None] = column(default=None)
    as_text: Col[Raw | None] = column(pg.json, default=None)
    is_there: Col[Raw] = column(default=Raw(b"{}"))


class Edit(Patch[Draft], only=(Draft.may_be,)): ...


DOCUMENT = Raw(b'{"a": [1.50, null]}')


@pytest.mark.parametrize("kind", [New[Draft], Patch[Draft]])
def test_json_gives_the_document_and_none_for_null(kind: Any) -> None:
    read = msgspec.json.Decoder(kind).decode
    made = read(b'{"id": 1, "mayBe": {"a": [1.50, null]}, "asText": null}')
    assert (bytes(made.may_be), made.as_text, made.is_there) == (bytes(DOCUMENT), None, UNSET)
    assert bytes(pickle.loads(pickle.dumps(made)).may_be) == bytes(DOCUMENT)
    assert copy.copy(made) is made


def test_a_limited_patch() -> None:
    kind: Any = Edit
    read = msgspec.json.Decoder(kind).decode
    assert bytes(read(b'{"mayBe": [1]}').may_be) == b"[1]"
    assert read(b'{"mayBe": null}').may_be is None
    assert read(b"{}").may_be is UNSET


def test_rows_patches_and_copies_made_by_hand() -> None:
    made = row(Draft, id=1, may_be=DOCUMENT)
    assert (made.may_be, made.as_text) == (DOCUMENT, None)
    assert replace(made, may_be=None, as_text=DOCUMENT).as_text is DOCUMENT
    some: Any = patch(Draft)(may_be=DOCUMENT, as_text=None)
    assert (some.id, some.may_be, some.as_text) == (UNSET, DOCUMENT, None)
    for wrong in (5, "{}", {"a": 1}):
        with pytest.raises(msgspec.ValidationError, match=r"\$\.mayBe"):
            row(Draft, id=1, may_be=wrong)
        with pytest.raises(msgspec.ValidationError, match=r"\$\.mayBe"):
            patch(Draft)(may_be=wrong)
        with pytest.raises(msgspec.ValidationError, match=r"\$\.mayBe"):
            replace(made, may_be=wrong)


def test_rows_of_a_factory(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Draft))).unwrap()
    draft = factory(Draft, seed=3)
    whole = draft.row(may_be=DOCUMENT, as_text=None)
    assert (whole.may_be, whole.as_text, bytes(whole.is_there)) == (DOCUMENT, None, b"{}")
    given: list[Any] = [draft(), draft(may_be=DOCUMENT), new(Draft).of(draft.row(id=7))]
    assert qb_tx.insert_many(given) == Success(3)

    @settings(max_examples=10, database=None)
    @given_(rows(Draft, max_size=3))
    def drawn(drafts: list[New[Draft]]) -> None:
        with qb_tx.transaction(rollback=True) as inner:
            inner.execute(delete(Draft).all_rows()).unwrap()
            assert inner.insert_many(drafts) == Success(len(drafts))
            found = inner.all(select(Draft).order_by(Draft.id)).unwrap()
            for one, other in zip(sorted(drafts, key=lambda each: getattr(each, "id")), found, strict=True):  # noqa: B009
                written: Any = one
                if isinstance(written.may_be, Raw):
                    assert other.may_be is not None
                    assert msgspec.json.decode(other.may_be) == msgspec.json.decode(written.may_be)
                else:
                    assert other.may_be is None

    drawn()


class Needed(Table, name="documents that must be given"):
    id: Col[int] = column(primary_key=True)
    document: Col[Raw]


def test_a_document_that_must_be_given_is_made() -> None:
    made: Any = factory(Needed)()
    assert isinstance(msgspec.json.decode(made.document), dict)


def test_through_the_database(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Draft))).unwrap()
    body = b'[{"id": 2, "mayBe": {"a": 1}}, {"id": 3, "mayBe": null}]'
    given = [new(Draft)(id=1, may_be=Raw(b"[5]")), *msgspec.json.decode(body, type=list[New[Draft]])]
    assert qb_tx.insert_many(given) == Success(3)
    assert qb_tx.all(select(Draft.id).where(Draft.may_be.is_null())) == Success([3])
    found = qb_tx.all(select(Draft).order_by(Draft.id)).unwrap()
    assert [each.may_be and bytes(each.may_be) for each in found] == [b"[5]", b'{"a": 1}', None]
    qb_tx.execute(update(Draft).patch(patch(Draft)(may_be=None)).where(Draft.id == 1)).unwrap()
    changed = msgspec.json.decode(b'{"mayBe": [6]}', type=Edit)
    qb_tx.execute(update(Draft).patch(changed).where(Draft.id == 3)).unwrap()
    assert qb_tx.all(select(Draft.id).where(Draft.may_be.is_null())) == Success([1])
    again = [new(Draft).of(replace(each, id=each.id + 10)) for each in found]
    kept = qb_tx.one(insert(again[1]).returning(Draft.may_be)).unwrap()
    assert kept is not None
    assert bytes(kept) == b'{"a": 1}'
