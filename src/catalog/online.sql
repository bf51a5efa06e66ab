-- Online runs: what they were asked for beyond migsafe.run, and how far they have come. What a batch did, and that it
-- was done, commit together.

CREATE TABLE migsafe.online_run (
    run_id        bigint PRIMARY KEY,
    background    boolean NOT NULL,
    workers       integer NOT NULL CHECK (workers > 0),
    pace          jsonb NOT NULL,
    sweep         boolean NOT NULL,
    notice_every  bigint,
    began_in      pg_snapshot,
    tables        oid[],
    phase         text NOT NULL
                  CHECK (phase IN ('pending', 'rows', 'deferred rows', 'new rows', 'checks', 'done')),
    stopped       text CHECK (stopped IN ('paused', 'cancelled', 'failed')),
    sqlstate      text,
    message       text,
    detail        text,
    rows_expected bigint,
    not_visited   bigint NOT NULL DEFAULT 0,
    control       bigint,
    held_back_by  text
);
COMMENT ON TABLE migsafe.online_run IS 'one row for each run in batches that commit: its pace, and where it stands';
COMMENT ON COLUMN migsafe.online_run.began_in IS 'rows of transactions that this snapshot does not see came after the run''s start';
COMMENT ON COLUMN migsafe.online_run.tables IS 'the tables that held the target''s rows then: those of others came after it, too';
COMMENT ON COLUMN migsafe.online_run.stopped IS 'why it does not go on by itself, if it was stopped';
COMMENT ON COLUMN migsafe.online_run.control IS 'the shared memory of the backend that carries it out';
COMMENT ON COLUMN migsafe.online_run.held_back_by IS 'what it waits for between two batches';

CREATE TABLE migsafe.run_part (
    run_id          bigint NOT NULL,
    part            integer NOT NULL,
    first_key       text[],
    last_key        text[],
    last_done       text[],
    done            boolean NOT NULL DEFAULT false,
    seen            bigint NOT NULL DEFAULT 0,
    written         bigint NOT NULL DEFAULT 0,
    failed          bigint NOT NULL DEFAULT 0,
    only_if         bigint NOT NULL DEFAULT 0,
    unchanged       bigint NOT NULL DEFAULT 0,
    deleted         bigint NOT NULL DEFAULT 0,
    suppressed      bigint NOT NULL DEFAULT 0,
    batches         integer NOT NULL DEFAULT 0,
    retries         bigint NOT NULL DEFAULT 0,
    batch_size      bigint,
    rows_per_second double precision,
    undo_hash       text NOT NULL DEFAULT '00000000000000000000000000000000',
    updated_at      timestamptz,
    PRIMARY KEY (run_id, part),
    CHECK (seen = written + failed + only_if + unchanged + deleted + suppressed)
) WITH (fillfactor = 50);
COMMENT ON TABLE migsafe.run_part IS 'the parts of the key range of an online run: how far each has come, and what became of its rows';
COMMENT ON COLUMN migsafe.run_part.first_key IS 'the part holds the rows after this key; NULL: from the first one on';
COMMENT ON COLUMN migsafe.run_part.last_key IS 'up to this one';
COMMENT ON COLUMN migsafe.run_part.last_done IS 'what is behind this key is done, but for deferred rows';
COMMENT ON COLUMN migsafe.run_part.undo_hash IS 'the hash of the content of what it has added to the undo log';

CREATE TABLE migsafe.deferred_row (
    run_id   bigint NOT NULL,
    key      text[] NOT NULL,
    reason   text NOT NULL CHECK (reason IN ('locked', 'new')),
    tried_at timestamptz NOT NULL
);
-- by hash: a key may be too long, as text, for an entry of an index
CREATE INDEX deferred_row_key_idx ON migsafe.deferred_row (run_id, pg_catalog.hash_array_extended(key, 0));
COMMENT ON TABLE migsafe.deferred_row IS 'rows that an online run has put off: locked by others, or inserted behind it';

ALTER TABLE migsafe.online_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE migsafe.run_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE migsafe.deferred_row ENABLE ROW LEVEL SECURITY;

-- the policy of migsafe.run decides
CREATE POLICY readers_of_the_target ON migsafe.online_run FOR SELECT
    USING (EXISTS (SELECT FROM migsafe.run r WHERE r.run_id = online_run.run_id));
CREATE POLICY readers_of_the_target ON migsafe.run_part FOR SELECT
    USING (EXISTS (SELECT FROM migsafe.run r WHERE r.run_id = run_part.run_id));
CREATE POLICY readers_of_the_target ON migsafe.deferred_row FOR SELECT
    USING (EXISTS (SELECT FROM migsafe.run r WHERE r.run_id = deferred_row.run_id));

GRANT SELECT ON migsafe.online_run, migsafe.run_part, migsafe.deferred_row TO PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('migsafe.online_run', '');
SELECT pg_catalog.pg_extension_config_dump('migsafe.run_part', '');
SELECT pg_catalog.pg_extension_config_dump('migsafe.deferred_row', '');
