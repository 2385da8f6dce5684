"""The schema `auth`: organizations, their users, what these connect."""
