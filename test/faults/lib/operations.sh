# shellcheck shell=bash
# operations.sh: what migsafe does, each in a world prepared for it, and what must be true of it afterwards.  Sourced after
# world.sh, never run.

# shellcheck disable=SC2034 # for the scripts
operations='run_safe run_online start rollback rollback_online redo_online restore restore_tables backup_table backup_tables
	export import prune validate'

exports='' # the folder for exports

make_exports_folder() {
	exports=$work/exports
	mkdir "$exports"
	chown "$(server_user)" "$exports"
}

# prepare OPERATION: a world for it; the statement is in $statement, and whether it must leave all rows alone in $reads
prepare() {
	new_world
	reads=''
	case $1 in
		run_safe) statement="SELECT migsafe.run_safe('item', '$transform', max_errors => 1000, batch_size => 200)" ;;
		run_online) statement="CALL migsafe.run_online('item', '$transform', max_errors => 1000, workers => 2, pace => '$slow_pace')" ;;
		start) statement="SELECT migsafe.start('item', '$transform', max_errors => 1000, pace => '$slow_pace')" ;;
		rollback) standing_run && statement="SELECT migsafe.rollback($run_id)" ;;
		rollback_online) standing_run && statement="CALL migsafe.rollback_online($run_id, pace => '$slow_pace')" ;;
		redo_online)
			standing_run
			run_id=$(sql "SELECT rollback_run_id FROM migsafe.rollback($run_id)")
			statement="CALL migsafe.rollback_online($run_id, pace => '$slow_pace')"
			;;
		restore) change_rows && standing_run && statement="SELECT migsafe.restore('item', 1)" ;;
		restore_tables) change_rows && standing_run && statement="SELECT migsafe.restore_tables('{item,other}', 1)" ;;
		backup_table) reads=1 statement="SELECT migsafe.backup_table('item')" ;;
		backup_tables) reads=1 statement="SELECT migsafe.backup_tables('{item,other}')" ;;
		export) reads=1 statement="SELECT migsafe.export_backup(1, '$exports/new')" ;;
		import) reads=1 statement="SELECT migsafe.import_backup('$exports/whole')" && new_export whole ;;
		prune)
			standing_run
			sql "SELECT migsafe.rollback($run_id)" >/dev/null
			standing_run
			reads=1 statement="SELECT migsafe.prune('0 s', 0, dry_run => false)"
			;;
		validate) reads=1 statement="SELECT migsafe.validate_jsonb('item', '[{\"check\": \"expression\", \"expression\": \"nap(id)\"}]')" ;;
	esac
	nap 20
}

# new_export NAME: of the backup
new_export() {
	rm -rf "${exports:?}/$1"
	sql "SELECT migsafe.export_backup(1, '$exports/$1')" >/dev/null
}

# judge OPERATION NAME PRINTS: after a fault, with the fingerprints from before
judge() {
	invariants "$2"
	[[ ! $reads ]] || same "$2: no row has changed" "$(prints)" "$3"
	[[ $1 != export ]] || judge_export "$2"
}

prints() {
	sql "SELECT target, migsafe.fingerprint(target) FROM faults.print ORDER BY 1"
}

# judge_export NAME: whole, or marked as partial; and the next one removes what is left
judge_export() {
	local partial
	[[ ! -e $exports/new ]] || verdict "$1: the export is whole" is_true "(SELECT i.fingerprint = b.fingerprint
		FROM migsafe.import_backup('$exports/new') i JOIN migsafe.backup b ON b.backup_id = 1)"
	for partial in "$exports"/new.partial-*; do
		[[ ! -e $partial ]] || verdict "$1: what is partial is not believed" eval "! sql \"SELECT migsafe.import_backup('$partial')\" 2>/dev/null"
	done
	new_export new
	same "$1: the next export leaves nothing else" "$(ls "$exports")" new
	rm -rf "$exports/new"
}
