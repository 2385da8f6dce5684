"""The policies of row-level security.

https://www.postgresql.org/docs/current/sql-createpolicy.html
"""

from __future__ import annotations

from qb.kit.facts.policy import PolicyFact
from qb.kit.facts.table import TableFact
from qb.kit.pull.book import Book
from qb.kit.pull.carried import carry
from qb.kit.pull.roles import role_called
from qb.kit.pull.source import Code, call, code_of, plain_raw, text, using
from qb.kit.pull.tokens import steady
from qb.kit.pull.values import policy_condition
from qb.model.object import Identity
from qb.types.identifier import PUBLIC, qualified, quoted


def write_policies(book: Book) -> None:
    """The policies of row-level security, their conditions as SQL."""
    for identity, fact in book.catalog.of(PolicyFact).items():
        names = book.tables.get((identity.schema, identity.table))
        if names is None:
            book.tell(identity, "a policy of what is not written")
            continue
        if book.lacks(identity):
            continue
        roles = [role_called(book, each) for each in fact.roles]
        to = roles[0] if len(roles) == 1 else code_of(("[", code_of(roles), "]"), "")
        name = book.value_called(identity.name, f"{identity.table}_{identity.name}", ending="policy")
        table = book.catalog.get(Identity("table", identity.schema, "", identity.table))
        sleeps = isinstance(table, TableFact) and not table.row_security  # which schemas refuse: nobody asks it
        if (fact.using is None and fact.with_check is None) or sleeps:
            _carried_policy(book, identity, fact)
            continue
        made = call(
            "policy",
            using(names.name),
            for_=None if fact.command == "all" else text(fact.command),
            to=None if fact.roles == ("public",) else to,
            using=None if fact.using is None else _condition(book, identity, fact.using),
            with_check=None if fact.with_check is None else _condition(book, identity, fact.with_check),
            restrictive=None if fact.permissive else "True",
            name=text(identity.name),
            comment=None if fact.comment is None else text(fact.comment),
        )
        book.write(name, names.home, code_of((f"{name} = ", made), ""), 28)
        book.said.add(identity)


def _condition(book: Book, policy: Identity, written: str) -> Code:
    made = policy_condition(book, (policy.schema, policy.table), written)
    plain = written in ("true", "false")
    book.wrote[made is not None or plain] += 1
    if made is not None:
        return made.code
    if plain:
        return call("value", written.capitalize())
    return code_of((plain_raw(steady(written)), ".as_(bool)"), "")


def _carried_policy(book: Book, identity: Identity, fact: PolicyFact) -> None:
    roles = ", ".join("PUBLIC" if each == "public" else quoted(each) for each in fact.roles)
    whole = qualified(identity.schema or PUBLIC, identity.table)
    mode = "PERMISSIVE" if fact.permissive else "RESTRICTIVE"
    statement = f"CREATE POLICY {quoted(identity.name)} ON {whole} AS {mode} FOR {fact.command.upper()} TO {roles}"
    for word, condition in (("USING", fact.using), ("WITH CHECK", fact.with_check)):
        statement += "" if condition is None else f" {word} ({steady(condition)})"
    table = Identity("table", identity.schema, "", identity.table)
    on = f"POLICY {quoted(identity.name)} ON {whole}"
    carry(book, "policy", identity, [statement], [table], fact.comment, on=on)
