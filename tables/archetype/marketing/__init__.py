"""The schema `marketing`: the public site."""
