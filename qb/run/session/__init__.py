"""A connection and what is known of its session: settings, prepared statements, types, how values travel."""
