"""An online run outside of a transaction"""
from alembic import op

revision = "online"
down_revision = "mail_required"


def upgrade():
    with op.get_context().autocommit_block():
        op.execute(
            """CALL migsafe.run_online('account', '{"mail": "upper(mail)"}',
            name => 'online', batch_size => 100)"""
        )


def downgrade():
    op.execute("SELECT * FROM migsafe.rollback('online')")
