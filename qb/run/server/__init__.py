"""Where the server is: addresses, and the embedded one."""
