"""The rows that everybody reads and writes, and the database that holds them."""
