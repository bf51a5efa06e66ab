-- A restore leaves sequences as they are. Where one would come to a number that is there again, a NOTICE says how to set it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA rs;
SET search_path = rs, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 92001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 92001;
CREATE FUNCTION rs.back_up(VARIADIC tables regclass[]) RETURNS numeric LANGUAGE sql SET client_min_messages = warning AS
'SELECT sum(row_count) FROM migsafe.backup_tables(tables)';
SET client_min_messages = notice;
\set VERBOSITY terse

-- An identity column, of a table that was emptied for good.
CREATE TABLE rs.account (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n integer);
INSERT INTO rs.account (n) SELECT 1 FROM generate_series(1, 5);
SELECT rs.back_up('rs.account');
TRUNCATE rs.account RESTART IDENTITY;
SELECT rows_inserted FROM migsafe.restore('rs.account', dry_run => true);
\set VERBOSITY default
SELECT rows_inserted FROM migsafe.restore('rs.account', backup_first => false);
\set VERBOSITY terse
INSERT INTO rs.account (n) VALUES (2);
SELECT setval('rs.account_id_seq', 5);
INSERT INTO rs.account (n) VALUES (2) RETURNING id;

-- The next number is what counts, whether the sequence has given the one before it or was set to it.
DELETE FROM rs.account WHERE id > 3;
SELECT rows_inserted FROM migsafe.restore('rs.account', backup_first => false);
SELECT setval('rs.account_id_seq', 5, false);
UPDATE rs.account SET n = 3 WHERE id = 1;
SELECT rows_changed FROM migsafe.restore('rs.account', backup_first => false);
SELECT setval('rs.account_id_seq', 5);
UPDATE rs.account SET n = 3 WHERE id = 1;
SELECT rows_changed FROM migsafe.restore('rs.account', backup_first => false);
-- nor is it asked for where nothing has come back
SELECT setval('rs.account_id_seq', 1);
INSERT INTO rs.account OVERRIDING SYSTEM VALUE VALUES (9, 9);
SELECT rows_deleted FROM migsafe.restore('rs.account', backup_first => false);
-- rows that are kept count, if others come back
INSERT INTO rs.account OVERRIDING SYSTEM VALUE VALUES (9, 9);
DELETE FROM rs.account WHERE id = 2;
SELECT rows_inserted FROM migsafe.restore('rs.account', mode => 'keep_new', backup_first => false);

-- All kinds of columns, and of sequences.
CREATE SEQUENCE rs."by hand";
CREATE SEQUENCE rs."it's down" INCREMENT -2 START -1;
CREATE SEQUENCE rs.tens INCREMENT 10 START 10;
CREATE SEQUENCE rs.fives INCREMENT 10 START 5;
CREATE SEQUENCE rs.round MAXVALUE 5 CYCLE;
CREATE SEQUENCE rs.low MAXVALUE 3;
CREATE SEQUENCE rs.negated;
CREATE SEQUENCE rs.other;
CREATE DOMAIN rs.positive AS bigint CHECK (VALUE > 0);
CREATE TABLE rs.kinds (
    id serial PRIMARY KEY,
    small smallserial,
    "By Hand" rs.positive DEFAULT nextval('rs."by hand"'),
    down numeric DEFAULT nextval('rs."it''s down"')::numeric,
    ten bigint DEFAULT nextval('rs.tens'),
    five bigint DEFAULT nextval('rs.fives'), -- has the numbers of another one
    round integer DEFAULT nextval('rs.round'),
    low integer DEFAULT nextval('rs.low'), -- greater ones are not its numbers
    negated integer DEFAULT -nextval('rs.negated'),
    code text DEFAULT 'C' || nextval('rs.other'),
    owned integer,
    replaced serial,
    "dropped soon" integer);
CREATE SEQUENCE rs.of_owned OWNED BY rs.kinds.owned;
ALTER TABLE rs.kinds ALTER replaced SET DEFAULT 7, DROP "dropped soon";
INSERT INTO rs.kinds (five, low, owned) SELECT g * 10, g * 10, g FROM generate_series(1, 3) g;
SELECT rs.back_up('rs.kinds');
DELETE FROM rs.kinds;
SELECT setval('rs.tens', 20), setval('rs."it''s down"', -1, false), setval('rs."by hand"', 2), setval('rs.fives', 5, false),
    setval('rs.round', 1), setval('rs.low', 2), setval('rs.negated', 1), setval('rs.other', 1), setval('rs.of_owned', 1),
    setval('rs.kinds_id_seq', 1), setval('rs.kinds_small_seq', 1), setval('rs.kinds_replaced_seq', 1);
SELECT rows_inserted FROM migsafe.restore('rs.kinds', backup_first => false);
-- fractions are no numbers of a sequence, and one at its end gives none any more
UPDATE rs.kinds SET down = -5.5 WHERE id = 3;
SELECT rs.back_up('rs.kinds');
DELETE FROM rs.kinds;
SELECT setval('rs.kinds_id_seq', 3), setval('rs.kinds_small_seq', 32767), setval('rs."it''s down"', -3), setval('rs.tens', 30),
    setval('rs."by hand"', 3), setval('rs.of_owned', 3);
SELECT rows_inserted FROM migsafe.restore('rs.kinds', backup_first => false);

-- A sequence of several tables is named once, with the last number of all of them.
CREATE SEQUENCE rs.shared;
CREATE TABLE rs.one (id integer PRIMARY KEY DEFAULT nextval('rs.shared'));
CREATE TABLE rs.two (id integer PRIMARY KEY DEFAULT nextval('rs.shared'));
CREATE TABLE rs.three (id integer PRIMARY KEY DEFAULT nextval('rs.shared'));
INSERT INTO rs.one DEFAULT VALUES;
INSERT INTO rs.two DEFAULT VALUES;
INSERT INTO rs.three DEFAULT VALUES;
SELECT rs.back_up('rs.one', 'rs.two', 'rs.three');
TRUNCATE rs.one, rs.two, rs.three;
SELECT setval('rs.shared', 1, false);
SELECT rows_inserted FROM migsafe.restore_tables('{rs.one, rs.three, rs.two}', backup_first => false);

-- A partition gets its numbers through the table that it is a part of.
CREATE TABLE rs.part (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n integer) PARTITION BY RANGE (id);
CREATE TABLE rs.part_1 (n integer, id bigint NOT NULL PRIMARY KEY);
ALTER TABLE rs.part ATTACH PARTITION rs.part_1 FOR VALUES FROM (1) TO (100);
INSERT INTO rs.part (n) VALUES (1), (2), (3);
SELECT rs.back_up('rs.part_1');
SELECT rs.back_up('rs.part');
TRUNCATE rs.part RESTART IDENTITY;
SELECT rows_inserted FROM migsafe.restore('rs.part_1', backup_first => false);
TRUNCATE rs.part RESTART IDENTITY;
SELECT rows_inserted FROM migsafe.restore('rs.part', backup_first => false);

-- It is read with the rights of who calls. Without them there is nothing to say, and no error.
CREATE ROLE rs_reader;
GRANT USAGE ON SCHEMA rs TO rs_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON rs.account TO rs_reader;
SELECT backup_schema || '.' || backup_name AS backup_table FROM migsafe.backup
WHERE target_schema = 'rs' AND target_name = 'account' \gset
GRANT SELECT ON :backup_table TO rs_reader;
SELECT setval('rs.account_id_seq', 1);
DELETE FROM rs.account;
SET ROLE rs_reader;
SELECT rows_inserted FROM migsafe.restore('rs.account', backup_first => false);
RESET ROLE;
GRANT USAGE ON SEQUENCE rs.account_id_seq TO rs_reader;
DELETE FROM rs.account;
SET ROLE rs_reader;
SELECT rows_inserted FROM migsafe.restore('rs.account', backup_first => false);
RESET ROLE;

SET client_min_messages = warning;
DROP SCHEMA rs CASCADE;
DROP ROLE rs_reader;
