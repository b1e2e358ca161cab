"""The hall of Weijing: what every room may use. It imports no other room."""
