"""DDL as SQL text: one module for each kind of object, called as the kind is.

Each has `create` and `drop`, which write an operation on such an object, and `subject`, what COMMENT ON calls it.
"""
