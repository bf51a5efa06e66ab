-- Which keys the entries of an undo log have, by a hash each, and in which block they lie: see doc/design.md. It holds
-- numbers of blocks, so pg_dump leaves it out; an undo log that has none is read whole.

CREATE TABLE migsafe.undo_digest (
    run_id      bigint NOT NULL,
    first_entry bigint NOT NULL,
    blocks      bytea NOT NULL,
    PRIMARY KEY (run_id, first_entry)
);
-- hashes cannot be compressed
ALTER TABLE migsafe.undo_digest ALTER COLUMN blocks SET STORAGE EXTERNAL;
COMMENT ON TABLE migsafe.undo_digest IS
'in which blocks of the undo log of a run entries with certain keys lie; some entries to a row';
COMMENT ON COLUMN migsafe.undo_digest.first_entry IS 'the number of the first of them';
COMMENT ON COLUMN migsafe.undo_digest.blocks IS
'for each block in turn its number, how many of the entries are there, and a hash of the key of each: four bytes each';

ALTER TABLE migsafe.undo_digest ENABLE ROW LEVEL SECURITY;
-- the policy of migsafe.run decides
CREATE POLICY readers_of_the_target ON migsafe.undo_digest FOR SELECT
    USING (EXISTS (SELECT FROM migsafe.run r WHERE r.run_id = undo_digest.run_id));
GRANT SELECT ON migsafe.undo_digest TO PUBLIC;
