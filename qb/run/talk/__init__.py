"""Conversations with the server: generators, written once for threads, asyncio and trio."""
