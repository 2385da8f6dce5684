"""Result rows and JSONB to typed values, through msgspec; one decoder per query, generated once."""
