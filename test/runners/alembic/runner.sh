# shellcheck shell=bash
# Alembic: all files of one upgrade in one transaction, or with transaction_per_migration each in its own.
deploy() { alembic upgrade head; }
revert() { alembic downgrade "-$1"; }
add() { cp "later/$1.py" versions/; }
remove() { rm "versions/$1.py"; }

deploy_at_once() {
	sed -i.bak /transaction_per_migration/d env.py
	! deploy || return 0
	mv env.py.bak env.py
	return 1
}
