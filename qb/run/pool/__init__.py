"""Connections that are shared: who has one, who waits."""
