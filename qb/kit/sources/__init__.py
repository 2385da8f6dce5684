"""Where catalogs come from: a schema, a database, a file of SQL."""
