"""What others read of a schema, written as files: TypeScript, JSON Schema, OpenAPI, the dictionary, the diagram."""
