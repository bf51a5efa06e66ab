# shellcheck shell=bash
# lib.sh: what the scripts share: running commands so that an interrupt ends them, building, installing, and a
# throwaway cluster.  Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PG_CONFIG=${PG_CONFIG:-pg_config}

work=''   # the temporary folder
job=''    # process group of the command that is running
status=0  # exit status of the last run

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# The temporary folder belongs to the server's user, and is removed at exit, whatever the reason.
make_work_folder() {
	trap finish EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	work=$(mktemp -d "${TMPDIR:-/tmp}/migsafe.XXXXXX")
	chown "$(server_user)" "$work"
	export TMPDIR=$work
}

finish() {
	trap '' HUP INT TERM
	[[ -z $job ]] || end_job
	stop_cluster
	rm -rf -- "$work"
}

# Programs get the time to remove what they had half written.
end_job() {
	local _
	kill -TERM -- "-$job" 2>/dev/null || :
	for _ in {1..50}; do
		kill -0 -- "-$job" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -KILL -- "-$job" 2>/dev/null || :
}

# run COMMAND...: in a process group of its own, so that an interrupt ends it at once with all its children.  Its exit
# status is left in "status": as the condition of an "if" or "||", the command would run without errexit.
run() {
	set -m
	(
		set -e
		"$@"
	) </dev/null &
	job=$!
	set +m
	status=0
	wait "$job" || status=$?
	job=''
}

# quietly COMMAND...: its output is shown only where it fails, which ends the script.
quietly() {
	run "$@" &>"$work/output"
	((status == 0)) || {
		cat "$work/output" >&2
		die "failed: $*"
	}
}

# as_root COMMAND...: fails where the caller may not.
as_root() {
	if ((EUID)); then sudo -n -- "$@"; else "$@"; fi
}

# in_chroot FOLDER COMMAND...: as root, and with /proc where a mount is possible, which ends with the process.
in_chroot() {
	# shellcheck disable=SC2016 # expanded by the shell that executes it
	local mounting='mount -t proc proc "$0/proc" && exec "$@"' with_proc=()
	if as_root unshare --mount true 2>/dev/null; then
		with_proc=(unshare --mount --propagation private sh -c "$mounting" "$1")
	else
		echo 'No mount is possible here: what reads /proc fails.'
	fi
	as_root "${with_proc[@]}" chroot "$@"
}

# The server refuses to run as root: there it runs as somebody unprivileged.
server_user() {
	if ((EUID)); then
		id -un
	else
		id -un postgres 2>/dev/null || echo nobody
	fi
}

# as_server COMMAND...: as the user who owns the throwaway cluster.
as_server() {
	if ((EUID)); then "$@"; else runuser -u "$(server_user)" -- "$@"; fi
}

# make_as WRAPPER ARGUMENT...: variables as arguments, because sudo clears the environment.
make_as() {
	"$1" make --no-print-directory -s -C "$root" PG_CONFIG="$PG_CONFIG" ${COPT+COPT="$COPT"} "${@:2}"
}

# What the scripts call is the chosen server's.
find_server() {
	PG_CONFIG=$(command -v "$PG_CONFIG") || die 'not found: pg_config (PG_CONFIG chooses another)'
	bindir=$("$PG_CONFIG" --bindir)
	PATH=$bindir:$PATH
	export PG_CONFIG PATH
}

# Extensions are only found in the server's own folders.
install_module() {
	make_as command -j"$(nproc)" all
	if [[ -w $("$PG_CONFIG" --pkglibdir) && -w $("$PG_CONFIG" --sharedir)/extension ]]; then
		make_as command install
	elif as_root true 2>/dev/null; then
		make_as as_root install
	else
		echo "may not install the extension here; as root, run: make -C '$root' PG_CONFIG='$PG_CONFIG' install"
		return 1
	fi
}

# start_cluster [NAME VALUE]...: on a socket in the temporary folder, with a new cluster's settings but for these.
start_cluster() {
	local variable
	for variable in "${!PG@}"; do
		[[ $variable == PG_CONFIG ]] || unset "$variable"
	done
	export PGHOST=$work PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
	server_log=$work/server.log

	cd "$work" # which the server's user may enter
	quietly as_server "$bindir/initdb" -N -D "$work/data" -U "$PGUSER" --auth-local=trust --auth-host=reject \
		--locale=C.UTF-8 -E UTF8
	printf "%s = '%s'\n" listen_addresses '' unix_socket_directories "$work" port "$PGPORT" "$@" \
		>>"$work/data/postgresql.conf"
	quietly as_server "$bindir/pg_ctl" -D "$work/data" -l "$server_log" -w start
	cd "$root"
}

stop_cluster() {
	[[ -e $work/data/postmaster.pid ]] || return 0
	cd "$work"
	as_server "$bindir/pg_ctl" -D "$work/data" -m fast -t 20 -w stop &>/dev/null ||
		as_server "$bindir/pg_ctl" -D "$work/data" -m immediate -w stop &>/dev/null || :
	cd "$root"
}

# check_log LINE [crash]: what no query sees the server's log betrays, from that line on.
check_log() {
	local bad='TRAP:|WARNING:  .*(reference|refcount|file) leak|WARNING:  resource was not closed'
	bad+='|WARNING:  .*non-empty SPI stack|WARNING:  problem in alloc set|AddressSanitizer|: runtime error: '
	[[ ${2-} == crash ]] || bad+='|PANIC:|was terminated by signal'
	! tail -n "+$1" "$server_log" | grep -E "$bad"
}
