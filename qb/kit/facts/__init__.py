"""What a database can hold: a module for each kind of object, with its facts and the query that reads them."""
