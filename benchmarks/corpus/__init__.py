"""A database of as many tables as one wants, with objects of every kind: the same one each time."""
