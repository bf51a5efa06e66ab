-- What the recorder has committed about runs whose own transaction has not: see doc/design.md. Once that transaction has
-- committed, its own records count, and these are deleted; where it never does, they stay.

CREATE TABLE migsafe.recorded_run (
    run_id            bigint PRIMARY KEY,
    kind              text NOT NULL,
    name              text,
    target_schema     name NOT NULL,
    target_name       name NOT NULL,
    target_oid        oid NOT NULL,
    system_identifier bigint NOT NULL,
    extension_oid     oid NOT NULL,
    target_owner      name NOT NULL,
    run_by            name NOT NULL,
    started_at        timestamptz NOT NULL,
    backend_pid       integer NOT NULL,
    xid               xid8 NOT NULL,
    phase             text NOT NULL,
    rows_total        bigint,
    rows_done         bigint NOT NULL DEFAULT 0,
    failed_rows       bigint NOT NULL DEFAULT 0,
    skipped_rows      bigint NOT NULL DEFAULT 0,
    batch_size        bigint,
    rows_per_second   double precision,
    outcome           text CHECK (outcome IN ('completed', 'failed')),
    sqlstate          text,
    message           text,
    detail            text,
    hint              text,
    recorded_at       timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    finished_at       timestamptz
) WITH (fillfactor = 50);
COMMENT ON TABLE migsafe.recorded_run IS
'one row for each run, rollback and restore in one transaction that has not committed: how far it came, and how it ended';
COMMENT ON COLUMN migsafe.recorded_run.xid IS 'the transaction, or the subtransaction, of the run';
COMMENT ON COLUMN migsafe.recorded_run.rows_total IS 'an estimate';
COMMENT ON COLUMN migsafe.recorded_run.outcome IS
'how the call ended; completed says nothing of what became of its transaction';

CREATE TABLE migsafe.recorded_error (LIKE migsafe.committed_error INCLUDING INDEXES);
COMMENT ON TABLE migsafe.recorded_error IS 'the row errors of the runs in migsafe.recorded_run';

CREATE VIEW migsafe.row_error WITH (security_invoker = true) AS
SELECT c.run_id, c.error_no, c.key, c.sqlstate, c.message, c.detail, c.row_before
FROM migsafe.committed_error c
UNION ALL
SELECT e.run_id, e.error_no, e.key, e.sqlstate, e.message, e.detail, e.row_before
FROM migsafe.recorded_error e
WHERE NOT EXISTS (SELECT FROM migsafe.run r WHERE r.run_id OPERATOR(pg_catalog.=) e.run_id);
COMMENT ON VIEW migsafe.row_error IS
'one row for each row of a target whose transform or write failed, also in runs that did not commit';

ALTER TABLE migsafe.recorded_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE migsafe.recorded_error ENABLE ROW LEVEL SECURITY;

CREATE POLICY readers_of_the_target ON migsafe.recorded_run FOR SELECT
    USING (migsafe.may_read(target_oid, target_schema, target_name, system_identifier, extension_oid, target_owner));
-- the policy of migsafe.recorded_run decides
CREATE POLICY readers_of_the_target ON migsafe.recorded_error FOR SELECT
    USING (EXISTS (SELECT FROM migsafe.recorded_run r WHERE r.run_id = recorded_error.run_id));

GRANT SELECT ON migsafe.recorded_run, migsafe.recorded_error, migsafe.row_error TO PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('migsafe.recorded_run', '');
SELECT pg_catalog.pg_extension_config_dump('migsafe.recorded_error', '');
