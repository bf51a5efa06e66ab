"""Fill account.mail in the background"""
from alembic import op

revision = "backfill"
down_revision = "table"


def upgrade():
    op.execute(
        """SELECT migsafe.start('account', '{"mail": "lower(doc->>''mail'')"}',
        name => 'backfill', batch_size => 100)"""
    )


def downgrade():
    op.execute("SELECT * FROM migsafe.rollback('backfill')")
