# shellcheck shell=bash
# lib.sh: what the benchmarks share.  Sourced, never run.
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../script/lib.sh"

psql_bench() { psql -X -q -P pager=off -v ON_ERROR_STOP=1 "$@"; }

# benchmark NAME ROWS ROUNDS [SETTING VALUE]...: on a throwaway cluster, NAME.sql makes tables and contestants, round.sql
# lets them run in each round, NAME_round.sql, where there is one, measures what takes two sessions, and NAME_report.sql
# prints the results.
benchmark() {
	local name=$1 rows=$2 rounds=$3 round
	"$root/script/bootstrap" demo
	make_work_folder
	find_server
	quietly install_module
	start_cluster shared_buffers 1GB max_wal_size 16GB fsync off jit off autovacuum off \
		max_parallel_workers_per_gather 0 "${@:4}"

	quietly psql_bench -v rows="$rows" -f "$root/bench/$name.sql"
	for ((round = 1; round <= rounds; round++)); do
		quietly psql_bench -v round="$round" -f "$root/bench/round.sql"
		[[ ! -e $root/bench/${name}_round.sql ]] ||
			quietly psql_bench -v round="$round" -f "$root/bench/${name}_round.sql"
	done
	run psql_bench -f "$root/bench/${name}_report.sql"
	exit "$status"
}
