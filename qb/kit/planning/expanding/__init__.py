"""Changes of what old code still reads, planned as several migrations: old names stay as long as they are needed."""
