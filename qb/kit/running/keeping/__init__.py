"""What a migration drops, kept: put out of the way with its rows, brought back by its down, removed later."""
