# shellcheck shell=bash
# node-pg-migrate: all files of one "up" in one transaction, or with --no-single-transaction each in its own.
deploy() { node-pg-migrate up --no-single-transaction; }
deploy_at_once() { node-pg-migrate up; }
revert() { node-pg-migrate down "$1" --no-single-transaction; }
add() { cp "later/4_$1".* migrations/; }
remove() { rm "migrations/4_$1".*; }
