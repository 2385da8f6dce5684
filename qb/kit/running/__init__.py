"""Running migrations: one runner at a time, a journal in the database, and going on where somebody was stopped."""
