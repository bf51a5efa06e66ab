CREATE SCHEMA migsafe;
COMMENT ON SCHEMA migsafe IS 'data migrations that can be undone, isolate bad rows, and are observable';
GRANT USAGE ON SCHEMA migsafe TO PUBLIC;

CREATE SCHEMA migsafe_undo;
COMMENT ON SCHEMA migsafe_undo IS 'undo logs of migsafe: each belongs to the owner of its target';
GRANT USAGE ON SCHEMA migsafe_undo TO PUBLIC;
