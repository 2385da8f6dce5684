"""A database made what a schema says at once, without a history: for one's own, while one is at work."""
