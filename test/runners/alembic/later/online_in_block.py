"""An online run within the transaction of its file"""
from alembic import op

revision = "online_in_block"
down_revision = "mail_required"


def upgrade():
    op.execute(
        """CALL migsafe.run_online('account', '{"mail": "upper(mail)"}',
        name => 'online', batch_size => 100)"""
    )
