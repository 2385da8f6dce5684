"""The schema `builder`: what organizations model, in versions, and what happens with it."""
