"""Fails after it has started a run"""
from alembic import op

revision = "failing"
down_revision = "mail_required"


def upgrade():
    op.execute("""SELECT migsafe.start('account', '{"mail": "upper(mail)"}', name => 'lost')""")
    op.execute(
        """SELECT * FROM migsafe.run_safe('account', '{"mail": "upper(mail)"}',
        only_if => 'id <= 100', name => 'lost too')"""
    )
    op.execute("SELECT 1 / 0")
