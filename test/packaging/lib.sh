# shellcheck shell=bash
# lib.sh: what the scripts in this folder share, that are executed in a root of test/packaging/run.  Sourced, never run.

# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$root/test/script/lib/testing.sh"

# Each way compiles the same: once is enough.  Debian's flags, which dpkg-buildpackage takes anyway.
use_compiler_cache() {
	export PATH=/usr/lib/ccache:$PATH CCACHE_DIR=/ccache CCACHE_NOHASHDIR=1
	COPT=$(dpkg-buildflags --get CFLAGS)
	export COPT
}

# fresh_source: the archive, unpacked where it always is, so that the compiler cache knows it again
fresh_source() {
	cd /build
	rm -rf "$1"
	tar -xzf "$1.tar.gz"
	cd "$1"
}

# server_files: all that lies in the folders where an installation puts files
server_files() {
	find /usr/{bin,include,lib,share}/postgresql* /usr/share/doc 2>/dev/null | sort || :
}

# succeeds NAME COMMAND...: its output is shown only where it fails
succeeds() {
	run "${@:2}" &>"$work/output"
	((status == 0)) || tail -n 100 "$work/output"
	verdict "$1" test "$status" -eq 0
}

# nothing_left NAME FILES: the same files are there as before.  Without /proc there is no <(...).
nothing_left() {
	printf '%s\n' "$2" >"$work/before"
	server_files >"$work/after"
	verdict "$1" diff "$work/before" "$work/after"
}

# migrates: as a user would try it first
migrates() {
	same "$1: a run and its rollback" "$(sql 'SET client_min_messages = error' 'CREATE EXTENSION migsafe' \
		'CREATE TABLE t (id int PRIMARY KEY, n int)' 'INSERT INTO t SELECT i, i FROM generate_series(1, 9) i' \
		"SELECT successful_rows FROM migsafe.run_safe('t', '{\"n\": \"n + 1\"}', name => 'first')" 'SELECT sum(n) FROM t' \
		"SELECT restored_rows FROM migsafe.rollback('first')" 'SELECT sum(n) FROM t' 2>&1 | xargs)" '9 54 9 45'
}
