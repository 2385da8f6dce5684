"""The history of a database: migrations as files, who follows whom, and what of them runs together."""
