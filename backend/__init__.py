"""The reference government service API: its own tables, reached by HTTP alone, replaceable by a bureau's own."""
