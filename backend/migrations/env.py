"""Runs migrations on the connection that `backend.database.migrate` opened and locked."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], version_table_schema="backend")
with context.begin_transaction():
    context.run_migrations()
