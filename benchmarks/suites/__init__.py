"""What is measured: a module for each suite, which says its cases."""
