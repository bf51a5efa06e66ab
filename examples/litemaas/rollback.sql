-- Step 4, if need be: take the run back, from its undo log. Only what the run changed is put back;
-- rows added since stay. Had somebody changed a migrated value since, it would stop, name the rows
-- and change nothing. First the plan, then the deed.

\if :{?run_name}
\else
    \set run_name fix-daily-usage-token-breakdowns
\endif

SELECT total_rows, restored_rows AS would_restore, conflicts, conflict_rows
FROM migsafe.rollback(:'run_name', dry_run => true);

SELECT rollback_run_id, total_rows, restored_rows, unchanged_rows, conflicts, elapsed
FROM migsafe.rollback(:'run_name');
