"""Pivotal Flow: quotes for customers and projects, from rate cards to invoices, for many organizations.

An organization takes along all that is its own. What keeps something else (time its user, a rate its category) is
looked at when the transaction ends, so that it does not matter which of the two goes first: PostgreSQL follows the keys
of one DELETE in the order of its triggers' names.

`schema` holds all of it; the modules are its tables, `money` the rules of amounts, `repository` the operations on
quotes, `seed` the rows that a new database begins with.
"""

from qb import schema as _schema
from tables.pivotal import audit, customers, invoices, organizations, projects, quote_rules, quotes, rates

modules = (organizations, customers, projects, rates, quotes, quote_rules, invoices, audit)
schema = _schema(*modules, name="pivotal")
