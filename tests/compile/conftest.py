"""The tables of the model, for the queries that are compiled here."""

from tests.sql.conftest import apes as apes
