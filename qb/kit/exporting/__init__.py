"""A schema for programs that do not use qb: models of SQLAlchemy, and a package that stands by itself."""
