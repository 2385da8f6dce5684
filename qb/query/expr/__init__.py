"""Expressions: `Expr` over typed nodes, and the rules of each kind of operator."""
