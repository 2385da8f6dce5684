"""What a program talks to: databases, transactions, pipelines, and how one connects."""
