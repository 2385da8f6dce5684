"""A schema of many tables is divided into modules, whichever of them point at each other."""

from __future__ import annotations

from pathlib import Path

from qb import Tx, create_all
from qb.kit import introspect
from qb.kit.pull import pull
from tests.kit.alone import differences
from tests.kit.everything import make
from tests.kit.pull.again import imported

TABLES = """
CREATE SCHEMA many;
CREATE TABLE many.shop_orders (id serial PRIMARY KEY, item int, other int REFERENCES many.shop_orders);
CREATE TABLE many.shop_order_items (id serial PRIMARY KEY, "order" int NOT NULL REFERENCES many.shop_orders);
ALTER TABLE many.shop_orders ADD FOREIGN KEY (item) REFERENCES many.shop_order_items;
CREATE TABLE many.shop_order_notes (id int PRIMARY KEY, text text);
CREATE TABLE many.shop_order_states (id int PRIMARY KEY);
CREATE TABLE many.shop_users (id int PRIMARY KEY, "order" int REFERENCES many.shop_orders);
CREATE TABLE many.shop_user_names (id int PRIMARY KEY REFERENCES many.shop_users);
CREATE TABLE many.shop_user_mails (id int PRIMARY KEY REFERENCES many.shop_users);
CREATE TABLE many.shop_user_roles (id int PRIMARY KEY);
ALTER TABLE many.shop_order_notes ADD by int REFERENCES many.shop_users ON DELETE CASCADE;
CREATE SEQUENCE many.numbers;
CREATE TABLE many.shop_logs (id bigint PRIMARY KEY DEFAULT nextval('many.numbers'), day date NOT NULL);
ALTER TABLE many.shop_users ADD number bigint DEFAULT nextval('many.numbers');
CREATE VIEW many.shown AS SELECT u.id, o.item FROM many.shop_users u JOIN many.shop_orders o ON o.id = u.order;
"""


def test_groups(qb_tx: Tx, tmp_path: Path) -> None:
    make(qb_tx, TABLES)
    before = introspect(qb_tx).unwrap()
    found = pull(before, "pulled_groups", most=5)
    assert {name for name in found.files if name.startswith("many")} == {"many.py", "many_order.py", "many_user.py"}
    assert '"""Tables of the schema many about order, and what stands beside them."""' in found.files["many_order.py"]
    assert "class ShopUserMail(" in found.files["many_user.py"]
    make(qb_tx, "DROP SCHEMA many CASCADE")
    with imported(dict(found.files), tmp_path, "pulled_groups") as schema:
        qb_tx.run(create_all(schema)).unwrap()
    assert differences(before, introspect(qb_tx).unwrap()) == ()
    assert found.unsaid == ()


def test_few_tables_stay_together(qb_tx: Tx) -> None:
    make(qb_tx, TABLES)
    files = pull(introspect(qb_tx).unwrap(), "whole").files
    assert {name for name in files if name.startswith("many")} == {"many.py"}
