"""Alembic's entry: runs in the transaction that `store.migrate` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table_schema="weijing", include_schemas=True)
context.run_migrations()
