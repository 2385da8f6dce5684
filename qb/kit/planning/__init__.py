"""From one catalog to another: the statements, in order."""
