"""The desk: conversations that wait for a person, and what staff do with them."""
