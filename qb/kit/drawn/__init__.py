"""Catalogs as pictures and pages: diagrams of tables and what refers to what, and a data dictionary."""
