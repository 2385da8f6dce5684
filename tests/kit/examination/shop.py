"""Two tables for the doctor to look for, one in a schema of its own."""

from qb import Col, Table, column, schema


class Order(Table, name="orders"):
    id: Col[int] = column(primary_key=True)


class Entry(Table, name="entries", schema="audit"):
    id: Col[int] = column(primary_key=True)


shop = schema(Order, Entry)
with_vector = schema(Order, Entry, extensions=["vector"])
with_postgis = schema(Order, Entry, extensions=["postgis"])
