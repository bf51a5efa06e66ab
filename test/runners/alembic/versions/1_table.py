"""Accounts, with their quota as a number"""
from alembic import op

revision = "table"
down_revision = None


def upgrade():
    op.execute("CREATE EXTENSION IF NOT EXISTS migsafe")
    op.execute("CREATE TABLE account (id integer PRIMARY KEY, doc jsonb NOT NULL, mail text)")
    op.execute(
        """INSERT INTO account
        SELECT n, jsonb_build_object('mail', 'A@B' || n, 'quota', n::text)
        FROM generate_series(1, 1000) n"""
    )
    op.execute(
        """SELECT * FROM migsafe.run_safe('account',
        '{"doc": [{"op": "cast", "path": "/quota", "to": "number"}]}', name => 'quota')"""
    )


def downgrade():
    op.execute("SELECT * FROM migsafe.rollback('quota')")
    op.execute("DROP TABLE account")
