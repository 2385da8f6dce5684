"""Whether a migration does what it is to do: run on a server that is thrown away, with rows, up and down."""
