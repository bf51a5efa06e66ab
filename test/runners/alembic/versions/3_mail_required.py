"""Require account.mail"""
from alembic import op

revision = "mail_required"
down_revision = "backfill"


def upgrade():
    op.execute("SELECT migsafe.require_finished('backfill', timeout => '60 s')")
    op.alter_column("account", "mail", nullable=False)


def downgrade():
    op.alter_column("account", "mail", nullable=True)
