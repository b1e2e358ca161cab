"""What our processes share: Redis keys, scripts and streams, and the SQL tables. One noun a file."""
