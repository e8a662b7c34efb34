"""Alembic's environment: runs the migrations on the connection that `digest.store.opening` hands over."""  # noqa: INP001 - Alembic runs it by its path

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
