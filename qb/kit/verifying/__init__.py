"""Whether a server takes what a program will send it: objects, and each variant of each prepared query."""
