# What perf script prints, by what the process was at: each sample counts for the first name that is found in its stack.
function of_stack() {
	if (stack ~ /pglz_compress|lz4_compress|toast_compress/) return "compression of new values (TOAST)"
	if (stack ~ /pglz_decompress|toast_decompress/) return "decompression of old values"
	if (stack ~ /ExecInsertIndexTuples|btinsert/) return "indexes"
	if (stack ~ /bulk_inserter|heap_multi_insert/) return "undo log: insert"
	if (stack ~ /undo_log::|entry_hash|hash_content|hash_image|XXH/) return "undo log: difference and hashes"
	if (stack ~ /heap_update|row_writer::update/) return "new versions of rows, their WAL"
	if (stack ~ /tuple_list|row_batch/) return "rows between evaluation and writing"
	if (stack ~ /jsonb|row_evaluator|ExecInterp|ExecProject/) return "transform"
	if (stack ~ /heap_getnextslot|table_scan/) return "scan"
	if (stack ~ /heap_fetch|row_writer::fetch/) return "fetch of the row that is written"
	return "all else"
}
function tally() {
	if (stack != "") {
		count[of_stack()]++
		samples++
	}
	stack = ""
}
/^[^ \t]/ { tally() }
/^[ \t]/ { stack = stack " " $2 }
END {
	tally()
	for (what in count)
		printf "%5.1f  %s\n", 100 * count[what] / samples, what
}
