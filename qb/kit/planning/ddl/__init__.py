"""Facts as SQL: for each kind of object how it is created, taken away and changed."""
