"""Alembic's scripts for the schema `weijing`."""
