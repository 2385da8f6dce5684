"""What fills a database: functions and SQL files that do the same when they run again, and rows that are made up."""
