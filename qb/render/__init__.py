"""Trees and schemas to SQL text; the only room with PyPika."""
