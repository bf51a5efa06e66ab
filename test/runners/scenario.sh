# shellcheck shell=bash
# scenario.sh: what each runner has to show.  Sourced, never run; the runner's folder is the current one.  Its runner.sh
# defines these functions:
#   deploy              brings all files that are not there yet, each in a transaction of its own
#   deploy_at_once      the same in one transaction, where the runner can
#   revert NUMBER LAST  takes so many files back, up to that one, where it can
#   add NAME            makes a file of the folder "later" the fourth one
#   remove NAME         takes that file away again
# Its name is in "runner", a temporary folder in "work".
# shellcheck disable=SC2154

can_leave_out_transaction() {
	[[ -n $(compgen -G 'later/*online.*') && $runner != 'psql -1' ]]
}

can() {
	declare -F "$1" >/dev/null
}

# succeeds COMMAND...: shows its output otherwise.
succeeds() {
	"$@" &>"$work/output" || {
		sed 's/^/# /' "$work/output"
		return 1
	}
}

# fails_with TEXTS COMMAND...: whether it fails, and says each of these lines somewhere.
fails_with() {
	local text
	! "${@:2}" &>"$work/output" || return 1
	while read -r text; do
		grep -qF -- "$text" "$work/output" || {
			echo "# not said: $text"
			sed 's/^/# /' "$work/output"
			return 1
		}
	done <<<"$1"
}

# What is there: rows, those with the parts of each migration, the column's constraint, and runs but for aborted ones.
state() {
	sql "SELECT count(*), count(*) FILTER (WHERE jsonb_typeof(doc->'quota') = 'number'),
	            count(*) FILTER (WHERE mail = lower(doc->>'mail')), count(mail) FROM account" \
		"SELECT attnotnull FROM pg_attribute WHERE attrelid = 'account'::regclass AND attname = 'mail'" \
		"SELECT string_agg(name || ' ' || status, ', ' ORDER BY run_id) FROM migsafe.status
		 WHERE kind = 'run' AND status <> 'aborted'" |
		paste -sd ' '
}

exact_state() {
	sql "SELECT migsafe.fingerprint('account')" \
		"SELECT count(*), max(run_id) FROM migsafe.status WHERE status <> 'aborted'"
	state
}

at_once() {
	verdict "$runner: a run started and required in one transaction" \
		fails_with 'run "backfill" is not finished' deploy_at_once
	verdict "$runner: leaves nothing behind" is_true "to_regclass('account') IS NULL"
}

deployed() {
	verdict "$runner: deploys $1" succeeds deploy
	same "$runner: and the rows are as the files say" "$(state)" "1000|1000|1000|1000 t $2"
}

repeated() {
	local before
	before=$(exact_state)
	verdict "$runner: deploys a second time" succeeds deploy
	same "$runner: and changes nothing" "$(exact_state)" "$before"
}

failing() {
	local before
	before=$(exact_state)
	add failing
	verdict "$runner: a file fails" fails_with 'division by zero' deploy
	remove failing
	verdict "$runner: and what it ran is known as aborted" wait_for 10 \
		is_true "(SELECT status FROM migsafe.status WHERE name = 'lost too') = 'aborted'"
	same "$runner: and it leaves nothing behind" "$(exact_state)" "$before"
}

in_block() {
	add online_in_block
	verdict "$runner: run_online in a transaction says what to use" \
		fails_with $'cannot be called inside a transaction block\nmigsafe.start(\nmigsafe.run_safe(' deploy
	remove online_in_block
}

outside() {
	add online
	verdict "$runner: run_online outside of a transaction" succeeds deploy
	same "$runner: runs" "$(state)" "1000|1000|0|1000 t $1, online committed"
}

reverted() {
	verdict "$runner: reverts run_online" succeeds revert 1 mail_required
	remove online
	same "$runner: and the rows are as before it" "$(state)" "1000|1000|1000|1000 t $1, online rolled back"
	verdict "$runner: reverts two files" succeeds revert 2 table
	same "$runner: and the rows are as before the run" "$(state)" \
		'1000|1000|0|0 f quota committed, backfill rolled back, online rolled back'
	verdict "$runner: reverts the first file" succeeds revert 1
	verdict "$runner: and the table is gone" is_true "to_regclass('account') IS NULL"
}

scenario() {
	local runs='quota committed, backfill committed'
	! can deploy_at_once || at_once
	deployed 'three files' "$runs"
	repeated
	failing
	in_block
	! can_leave_out_transaction || outside "$runs"
	if can revert; then
		reverted "$runs"
		deployed 'again what was reverted' "${runs//committed/rolled back}, online rolled back, $runs"
	fi
}
