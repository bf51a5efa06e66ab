#!/usr/bin/env bash
# out_of_memory.sh [ROUNDS [SEED]]: each operation in a backend that may take only a random amount of memory more, so many
# times (2), on rows with large documents.  It succeeds, or fails with 53200; the server and all the rest live on.
set -euo pipefail
# shellcheck source=test/faults/lib/world.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/world.sh"
# shellcheck source=test/faults/lib/operations.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/operations.sh"

transform='{"n": "n + 1 + 0 / (id % 500)", "doc": [{"op": "move", "from": "/*/a", "path": "/*/c"}, {"op": "add", "path": "/seen", "value": true}]}'

# fill_world: one document is of some MB, and some nest deeply
fill_world() {
	sql "UPDATE item SET doc = CASE WHEN id = 1500 THEN (SELECT jsonb_object_agg('k' || i, jsonb_build_object('a', repeat(md5(i::text), 4), 'b', i))
			FROM generate_series(1, 15000) i)
		 WHEN id % 100 = 3 THEN (repeat('{\"a\":', 500) || '{\"b\": 1}' || repeat('}', 500))::jsonb ELSE jsonb_build_object('x', jsonb_build_object('a', id)) END"
}

# few_bytes SLACK: all that the victim may take from now on.  Its stack has grown before: at the limit that is a SIGSEGV.
few_bytes() {
	local size
	echo "SELECT nap(1), length((repeat('[', 5000) || repeat(']', 5000))::jsonb::text), migsafe.jsonb_patch('{}', '[]');" >&"$victim"
	printf '%s\n' '\echo ready' >&"$victim"
	wait_for 10 grep -q ready "$work/victim.log"
	size=$(awk '/^VmSize/ { print $2 }' "/proc/$pid/status")
	as_server prlimit --pid "$pid" --as=$((size * 1024 + $1))
}

# short_of_memory OPERATION ROUND
short_of_memory() {
	local slack=$((RANDOM * 1000 % (24 * 1024 * 1024 >> ($2 % 3 * 2)))) name before
	name="$1, with $((slack / 1024)) kB"
	prepare "$1"
	nap 0
	before=$(prints)
	begin_victim
	few_bytes "$slack"
	goes
	wait "$session" || :
	ended_with "$name" '^53200$'
	[[ ! $error ]] || failed=$((failed + 1))
	judge "$1" "$name" "$before"
	settled "$name"
}

command -v prlimit >/dev/null || skip 'there is no prlimit'
begin_faults "${1:-${MIGSAFE_ROUNDS:-2}}" "${2-}"
failed=0
make_exports_folder
faulty_cluster shared_buffers 32MB jit off
operations=${operations/ start/}
for operation in $operations; do
	for ((round = 0; round < rounds; round++)); do
		short_of_memory "$operation" "$round"
	done
	rm -rf "$exports/whole"
done
verdict "memory was short for $failed of them" test "$failed" -gt 0
done_testing
