# shellcheck shell=bash
# lib.sh: what the benchmarks share.  Sourced, never run.
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../script/lib.sh"
export MIGSAFE_BENCH=$root/bench

psql_bench() { psql -X -q -P pager=off -v ON_ERROR_STOP=1 "$@"; }

# start_bench_cluster AS_IS: with the extension of these sources or, as it is, the one in the server's folders
start_bench_cluster() {
	[[ $1 ]] || "$root/script/bootstrap" demo
	make_work_folder
	find_server
	[[ $1 ]] || quietly install_module
	start_cluster shared_buffers 1GB max_wal_size 16GB fsync off jit off autovacuum off max_parallel_workers_per_gather 0
}

# change_settings [NAME VALUE]...: of the cluster, while it runs
change_settings() {
	while (($#)); do
		quietly psql_bench -d postgres -c "ALTER SYSTEM SET $1 = '$2'"
		shift 2
	done
	quietly psql_bench -d postgres -c 'SELECT pg_reload_conf()'
}

# play_round NAME ROUND: round.sql lets the contestants run, alone.sql those that take a session of their own, and
# NAME_round.sql, where there is one, measures what takes two sessions.
play_round() {
	local id order
	quietly psql_bench -v round="$2" -f "$root/bench/round.sql"
	order=$(psql_bench -At -c "SELECT id FROM bench.contestant WHERE alone ORDER BY (id + $2) % count(*) OVER ()")
	for id in $order; do
		quietly psql_bench -v round="$2" -v id="$id" -f "$root/bench/alone.sql"
	done
	[[ ! -e $root/bench/$1_round.sql ]] || quietly psql_bench -v round="$2" -f "$root/bench/$1_round.sql"
}

# benchmark NAME ROWS ROUNDS [SETTING VALUE]...: NAME.sql makes tables and contestants, which run in each round;
# NAME_report.sql, where there is one, adds figures that are no ratios, and prints medians in the place of medians.sql;
# figures.sql prints the figures.  On a throwaway cluster or, for script/bench, in a new database of its cluster, with all
# results added to its file.
benchmark() {
	local name=$1 rows=$2 rounds=$3 report=$root/bench/$1_report.sql round
	[[ -e $report ]] || report=$root/bench/medians.sql
	if [[ ${MIGSAFE_BENCH_RESULTS-} ]]; then
		make_work_folder
	else
		start_bench_cluster ''
	fi
	export PGDATABASE=bench_$name
	quietly createdb -T template0 "$PGDATABASE"
	change_settings "${@:4}"

	quietly psql_bench -v rows="$rows" -f "$root/bench/measure.sql" -f "$root/bench/$name.sql"
	for ((round = 1; round <= rounds; round++)); do
		play_round "$name" "$round"
	done
	run psql_bench -f "$report" -f "$root/bench/figures.sql"
	((status == 0)) || exit "$status"
	[[ ! ${MIGSAFE_BENCH_RESULTS-} ]] || keep_results "$name"
}

keep_results() {
	psql_bench -v benchmark="$1" -f "$root/bench/results.sql" >>"$MIGSAFE_BENCH_RESULTS"
	quietly psql_bench -d postgres -c 'ALTER SYSTEM RESET ALL' -c 'SELECT pg_reload_conf()' -c "DROP DATABASE $PGDATABASE"
}
