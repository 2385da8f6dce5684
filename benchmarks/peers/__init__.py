"""Who takes part: a module for each way of talking to PostgreSQL."""
