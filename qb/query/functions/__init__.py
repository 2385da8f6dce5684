"""PostgreSQL's functions, a module for each chapter of its manual."""
