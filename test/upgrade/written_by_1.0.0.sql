
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE EXTENSION IF NOT EXISTS migsafe WITH SCHEMA pg_catalog;

COMMENT ON EXTENSION migsafe IS 'reversible, isolated and observable data migrations';

CREATE SCHEMA shop;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE migsafe_undo.run_1 (
    seq bigint NOT NULL,
    entry_hash uuid NOT NULL,
    batch integer NOT NULL,
    leaf integer NOT NULL,
    key_1 integer,
    changed bytea NOT NULL,
    new_hash bytea NOT NULL,
    row_hash bytea,
    old_1 integer,
    old_2 jsonb,
    old_3 text
);

CREATE TABLE migsafe_undo.run_2 (
    seq bigint NOT NULL,
    entry_hash uuid NOT NULL,
    batch integer NOT NULL,
    leaf integer NOT NULL,
    key_1 integer,
    changed bytea NOT NULL,
    new_hash bytea NOT NULL,
    row_hash bytea,
    old_1 integer,
    old_2 jsonb,
    old_3 text
);

CREATE TABLE migsafe_undo.run_3 (
    seq bigint NOT NULL,
    entry_hash uuid NOT NULL,
    batch integer NOT NULL,
    leaf integer NOT NULL,
    key_1 integer,
    changed bytea NOT NULL,
    new_hash bytea NOT NULL,
    row_hash bytea,
    old_1 integer,
    old_2 jsonb,
    old_3 text
);

CREATE TABLE migsafe_undo.run_4 (
    seq bigint NOT NULL,
    entry_hash uuid NOT NULL,
    batch integer NOT NULL,
    leaf integer NOT NULL,
    key_1 integer,
    changed bytea NOT NULL,
    new_hash bytea NOT NULL,
    row_hash bytea,
    old_1 integer,
    old_2 jsonb,
    old_3 text
);

CREATE TABLE migsafe_undo.run_5 (
    seq bigint NOT NULL,
    entry_hash uuid NOT NULL,
    batch integer NOT NULL,
    leaf integer NOT NULL,
    changed bytea NOT NULL,
    new_hash bytea NOT NULL,
    row_hash bytea,
    old_1 date,
    old_2 numeric
);

CREATE TABLE shop.customer (
    id integer NOT NULL,
    doc jsonb,
    note text
);

CREATE TABLE shop.customer_backup_20261121_205701 (
    id integer,
    doc jsonb,
    note text
);

CREATE TABLE shop.visit (
    day date,
    pages numeric
);

CREATE TABLE shop.visit_backup_20261121_205701 (
    day date,
    pages numeric
);

COPY migsafe.backup (backup_id, label, target_schema, target_name, target_oid, system_identifier, extension_oid, target_owner, backup_schema, backup_name, row_count, bytes, fingerprint, fingerprint_version, manifest, runs_seen, created_at, created_by, kind, backup_set, restore_run_id, pruned_at) FROM stdin;
1	before	shop	customer	17113	7710730935355926800	16890	postgres	shop	customer_backup_20261121_205701	8	16384	2dd2230759e20e6c3b94e3328464881e	1	{"enums": null, "owner": "postgres", "types": null, "columns": [{"name": "id", "type": "integer", "default": null, "storage": null, "identity": null, "not_null": true, "collation": null, "generated": null, "compression": null, "identity_sequence": null, "statistics_target": null}, {"name": "doc", "type": "jsonb", "default": null, "storage": null, "identity": null, "not_null": false, "collation": null, "generated": null, "compression": null, "identity_sequence": null, "statistics_target": null}, {"name": "note", "type": "text", "default": null, "storage": null, "identity": null, "not_null": false, "collation": null, "generated": null, "compression": null, "identity_sequence": null, "statistics_target": null}], "indexes": ["CREATE UNIQUE INDEX customer_pkey ON shop.customer USING btree (id)"], "triggers": null, "sequences": null, "privileges": null, "constraints": [{"name": "customer_pkey", "definition": "PRIMARY KEY (id)"}], "referenced_by": null}	{}	2026-11-21 20:57:01.629623+00	postgres	backup	\N	\N	\N
2	before	shop	visit	17120	7710730935355926800	16890	postgres	shop	visit_backup_20261121_205701	3	16384	7ab632c1732f7b9d0fcfdc1e025639cc	1	{"enums": null, "owner": "postgres", "types": null, "columns": [{"name": "day", "type": "date", "default": null, "storage": null, "identity": null, "not_null": false, "collation": null, "generated": null, "compression": null, "identity_sequence": null, "statistics_target": null}, {"name": "pages", "type": "numeric", "default": null, "storage": null, "identity": null, "not_null": false, "collation": null, "generated": null, "compression": null, "identity_sequence": null, "statistics_target": null}], "indexes": null, "triggers": null, "sequences": null, "privileges": null, "constraints": null, "referenced_by": null}	{}	2026-11-21 20:57:01.653653+00	postgres	backup	\N	\N	\N
\.

COPY migsafe.committed_error (run_id, error_no, key, sqlstate, message, detail, row_before) FROM stdin;
1	1	{"id": 3}	22018	operation 1 (cast) of column "doc" of argument "transform" failed at "/quota": "none" is no JSON number	The operation is {"op": "cast", "to": "number", "path": "/quota"}.	{"id": 3, "doc": {"mail": "c3", "quota": "none"}, "note": "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"}
\.

COPY migsafe.deferred_row (run_id, key, reason, tried_at) FROM stdin;
\.

COPY migsafe.online_run (run_id, background, workers, pace, sweep, notice_every, began_in, tables, phase, stopped, sqlstate, message, detail, rows_expected, not_visited, control, held_back_by) FROM stdin;
4	f	1	{"rest": 0.1, "max_hold": 1800000, "batch_size": 3, "hold_while": null, "lock_timeout": 200, "max_batch_wal": 16777216, "max_replay_lag": 10000, "yield_to_waiters": true, "target_batch_time": 500, "max_archive_backlog": 42, "yield_to_autovacuum": 600000, "max_replay_lag_bytes": 268435456}	f	\N	816:816:	{17113}	done	\N	\N	\N	\N	850	0	1267695110	\N
\.

COPY migsafe.recorded_error (run_id, error_no, key, sqlstate, message, detail, row_before) FROM stdin;
\.

COPY migsafe.recorded_run (run_id, kind, name, target_schema, target_name, target_oid, system_identifier, extension_oid, target_owner, run_by, started_at, backend_pid, xid, phase, rows_total, rows_done, failed_rows, skipped_rows, batch_size, rows_per_second, outcome, sqlstate, message, detail, hint, recorded_at, finished_at) FROM stdin;
\.

COPY migsafe.registered_schema (uri, schema, owner, owner_oid, system_identifier, extension_oid, registered_at) FROM stdin;
https://shop.example/quota	{"type": "number"}	postgres	10	7710730935355926800	16890	2026-11-21 20:57:01.657818+00
\.

COPY migsafe.run (run_id, kind, name, target_schema, target_name, target_oid, system_identifier, extension_oid, target_owner, transform, only_if, checks, max_errors, batch_size, undo_schema, undo_name, undo_columns, rollback_of, backup_id, restore_mode, run_by, run_by_oid, started_at, backend_pid, precondition, online, settings, terms, is_partial, pruned_at) FROM stdin;
1	run	quota	shop	customer	17113	7710730935355926800	16890	postgres	{"doc": [{"op": "cast", "to": "number", "path": "/quota"}]}	\N	\N	10	\N	migsafe_undo	run_1	[{"key": true, "name": "id", "type": "integer", "attnum": 1}, {"key": false, "name": "doc", "type": "pg_catalog.jsonb", "attnum": 2}, {"key": false, "name": "note", "type": "pg_catalog.text", "attnum": 3}]	\N	\N	\N	postgres	10	2026-11-21 20:57:01.671096+00	2760	\N	f	{"lc_time": "C.UTF-8", "TimeZone": "Etc/UTC", "DateStyle": "ISO, MDY", "xmlbinary": "base64", "xmloption": "content", "lc_numeric": "C.UTF-8", "array_nulls": "on", "lc_monetary": "C.UTF-8", "search_path": "\\"$user\\", public", "bytea_output": "hex", "IntervalStyle": "postgres", "backslash_quote": "safe_encoding", "extra_float_digits": "1", "quote_all_identifiers": "off", "transform_null_equals": "off", "timezone_abbreviations": "Default", "default_text_search_config": "pg_catalog.english", "standard_conforming_strings": "on"}	\N	f	\N
2	run	taken back	shop	customer	17113	7710730935355926800	16890	postgres	{"note": "upper(note)"}	\N	\N	10	\N	migsafe_undo	run_2	[{"key": true, "name": "id", "type": "integer", "attnum": 1}, {"key": false, "name": "doc", "type": "pg_catalog.jsonb", "attnum": 2}, {"key": false, "name": "note", "type": "pg_catalog.text", "attnum": 3}]	\N	\N	\N	postgres	10	2026-11-21 20:57:01.680274+00	2760	\N	f	{"lc_time": "C.UTF-8", "TimeZone": "Etc/UTC", "DateStyle": "ISO, MDY", "xmlbinary": "base64", "xmloption": "content", "lc_numeric": "C.UTF-8", "array_nulls": "on", "lc_monetary": "C.UTF-8", "search_path": "\\"$user\\", public", "bytea_output": "hex", "IntervalStyle": "postgres", "backslash_quote": "safe_encoding", "extra_float_digits": "1", "quote_all_identifiers": "off", "transform_null_equals": "off", "timezone_abbreviations": "Default", "default_text_search_config": "pg_catalog.english", "standard_conforming_strings": "on"}	\N	f	\N
3	rollback	\N	shop	customer	17113	7710730935355926800	16890	postgres	\N	\N	\N	\N	\N	migsafe_undo	run_3	[{"key": true, "name": "id", "type": "integer", "attnum": 1}, {"key": false, "name": "doc", "type": "pg_catalog.jsonb", "attnum": 2}, {"key": false, "name": "note", "type": "pg_catalog.text", "attnum": 3}]	2	\N	\N	postgres	10	2026-11-21 20:57:01.692249+00	2760	\N	f	{"lc_time": "C.UTF-8", "TimeZone": "Etc/UTC", "DateStyle": "ISO, MDY", "xmlbinary": "base64", "xmloption": "content", "lc_numeric": "C.UTF-8", "array_nulls": "on", "lc_monetary": "C.UTF-8", "search_path": "\\"$user\\", public", "bytea_output": "hex", "IntervalStyle": "postgres", "backslash_quote": "safe_encoding", "extra_float_digits": "1", "quote_all_identifiers": "off", "transform_null_equals": "off", "timezone_abbreviations": "Default", "default_text_search_config": "pg_catalog.english", "standard_conforming_strings": "on"}	{"on_missing": "leave", "on_conflict": "stop"}	f	\N
4	run	online	shop	customer	17113	7710730935355926800	16890	postgres	{"note": "note || id"}	\N	\N	10	3	migsafe_undo	run_4	[{"key": true, "name": "id", "type": "integer", "attnum": 1}, {"key": false, "name": "doc", "type": "pg_catalog.jsonb", "attnum": 2}, {"key": false, "name": "note", "type": "pg_catalog.text", "attnum": 3}]	\N	\N	\N	postgres	10	2026-11-21 20:57:01.705111+00	2760	\N	t	{"lc_time": "C.UTF-8", "TimeZone": "Etc/UTC", "DateStyle": "ISO, MDY", "xmlbinary": "base64", "xmloption": "content", "lc_numeric": "C.UTF-8", "array_nulls": "on", "lc_monetary": "C.UTF-8", "search_path": "\\"$user\\", public", "bytea_output": "hex", "IntervalStyle": "postgres", "backslash_quote": "safe_encoding", "extra_float_digits": "1", "quote_all_identifiers": "off", "transform_null_equals": "off", "timezone_abbreviations": "Default", "default_text_search_config": "pg_catalog.english", "standard_conforming_strings": "on"}	\N	f	\N
5	run	without a key	shop	visit	17120	7710730935355926800	16890	postgres	{"pages": "pages * 2"}	\N	\N	10	\N	migsafe_undo	run_5	[{"key": false, "name": "day", "type": "pg_catalog.date", "attnum": 1}, {"key": false, "name": "pages", "type": "numeric", "attnum": 2}]	\N	\N	\N	postgres	10	2026-11-21 20:57:01.754877+00	2760	\N	f	{"lc_time": "C.UTF-8", "TimeZone": "Etc/UTC", "DateStyle": "ISO, MDY", "xmlbinary": "base64", "xmloption": "content", "lc_numeric": "C.UTF-8", "array_nulls": "on", "lc_monetary": "C.UTF-8", "search_path": "\\"$user\\", public", "bytea_output": "hex", "IntervalStyle": "postgres", "backslash_quote": "safe_encoding", "extra_float_digits": "1", "quote_all_identifiers": "off", "transform_null_equals": "off", "timezone_abbreviations": "Default", "default_text_search_config": "pg_catalog.english", "standard_conforming_strings": "on"}	\N	f	\N
\.

COPY migsafe.run_commit (run_id, total_rows, successful_rows, failed_rows, skipped_rows, skipped, batches, undo_rows, undo_hash, checks_result, finished_at, elapsed, snapshot) FROM stdin;
1	8	7	1	0	{"deleted": 0, "only_if": 0, "unchanged": 0, "suppressed": 0}	1	7	391cd3aea10b3669e539a5df54f49fb6	\N	2026-11-21 20:57:01.672008+00	00:00:00.004706	803:803:
2	8	8	0	0	{"deleted": 0, "only_if": 0, "unchanged": 0, "suppressed": 0}	1	8	46b97aff2e56c450cdc5659b7e37a205	\N	2026-11-21 20:57:01.680557+00	00:00:00.00138	805:805:
3	8	8	0	0	{"missing": 0, "unchanged": 0}	1	8	7f2104de18804c586366227a66dbba24	\N	2026-11-21 20:57:01.693152+00	00:00:00.00235	807:807:
4	8	8	0	0	{"deleted": 0, "only_if": 0, "unchanged": 0, "suppressed": 0}	3	8	eb93769f60c892af0d9b1a0114d472d5	\N	2026-11-21 20:57:01.737823+00	00:00:00.032674	830:830:
5	3	2	0	1	{"deleted": 0, "only_if": 0, "unchanged": 1, "suppressed": 0}	1	2	419a227d4747ec6561b3f9235dde8c4f	\N	2026-11-21 20:57:01.755173+00	00:00:00.003577	833:833:
\.

COPY migsafe.run_part (run_id, part, first_key, last_key, last_done, done, seen, written, failed, only_if, unchanged, deleted, suppressed, batches, retries, batch_size, rows_per_second, undo_hash, updated_at) FROM stdin;
4	0	\N	{8}	{8}	t	8	8	0	0	0	0	0	3	0	5	1998.4531874993818	eb93769f60c892af0d9b1a0114d472d5	2026-11-21 20:57:01.736226+00
\.

COPY migsafe.stored_checks (name, checks, owner, owner_oid, system_identifier, extension_oid, stored_at) FROM stdin;
has mail	[{"path": "/mail", "check": "has", "column": "doc"}]	postgres	10	7710730935355926800	16890	2026-11-21 20:57:01.658436+00
\.

COPY migsafe_undo.run_1 (seq, entry_hash, batch, leaf, key_1, changed, new_hash, row_hash, old_1, old_2, old_3) FROM stdin;
1	3618b77b-47a9-d745-9104-9dc2fd8d8622	1	0	1	\\x02	\\x09e159043f7f9b91955f98c17c85a292	\N	\N	{"mail": "c1", "quota": "1.50"}	\N
2	80a1abd8-1e3b-23ba-540a-9d85d7d76119	1	0	2	\\x02	\\x9426397e39dfd746e61b20c6d02ebd93	\N	\N	{"mail": "c2", "quota": "2.50"}	\N
3	c2b56c4f-c025-b451-09b7-540ae220b1aa	1	0	4	\\x02	\\x8e329fbbd4ee3bb2d32b561b265f82f5	\N	\N	{"mail": "c4", "quota": "4.50"}	\N
4	707ceac0-28e7-db7b-0a94-f69321d8219b	1	0	5	\\x02	\\xfec85f43fa657eea2b5d3ec473a2bdb3	\N	\N	{"mail": "c5", "quota": "5.50"}	\N
5	5259cb2f-3f37-5065-78b4-ab53984da8a8	1	0	6	\\x02	\\xdfae51bd16a8f1c41dc8ef61ada882a8	\N	\N	{"mail": "c6", "quota": "6.50"}	\N
6	a4ec499b-7814-11b4-c23a-c58425e71e46	1	0	7	\\x02	\\x6a6d7d40f78b9e8cd053c5b4b18e8678	\N	\N	{"mail": "c7", "quota": "7.50"}	\N
7	57ea0480-9acd-4983-b0ee-af20bd621e48	1	0	8	\\x02	\\xa9bd6f4ac4b43b1d95210dffa961b421	\N	\N	{"mail": "c8", "quota": "8.50"}	\N
\.

COPY migsafe_undo.run_2 (seq, entry_hash, batch, leaf, key_1, changed, new_hash, row_hash, old_1, old_2, old_3) FROM stdin;
1	5463fc45-d884-895f-a3cc-1596d86b0088	1	0	3	\\x04	\\xa3fb13361a0d927818da13056d7d7ec3	\N	\N	\N	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
2	3185f887-8286-5557-ef6a-cf1e7d7d37b5	1	0	1	\\x04	\\x21c173be9ac1e614d8042da8acd3e499	\N	\N	\N	nnnnnnnnnn
3	e90d6d40-a424-6c12-66b2-fcfa816d3d07	1	0	2	\\x04	\\xdc191c982f3d9d3c901200dff79273b8	\N	\N	\N	nnnnnnnnnnnnnnnnnnnn
4	2d31abe7-0380-3921-9e96-da100ea0eced	1	0	4	\\x04	\\x3555086941b05b30574e16904ac92536	\N	\N	\N	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
5	85131b82-38d6-deb2-81d8-d6acc74e51d4	1	0	5	\\x04	\\x6d35f816d6cdd8d69f693f8d841f7d65	\N	\N	\N	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
6	fa31e6cc-c476-b090-2eed-c56f9d92ef7f	1	0	6	\\x04	\\x60fcbd6b098fd6079cec92b73c0ee0e9	\N	\N	\N	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
7	7a4bb711-3299-a865-0cbb-7af070beb8aa	1	0	7	\\x04	\\xcd26100eb0ee3e81dd1cfeb27e7b2d42	\N	\N	\N	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
8	b0ffb3a9-fbc0-08bd-77c2-92cec2a145d7	1	0	8	\\x04	\\xf23835aa076254536acc61f58359899e	\N	\N	\N	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
\.

COPY migsafe_undo.run_3 (seq, entry_hash, batch, leaf, key_1, changed, new_hash, row_hash, old_1, old_2, old_3) FROM stdin;
1	4f4b4bf3-88f1-23b9-1549-2d4f09ade33d	1	0	8	\\x04	\\x907644506741a39ddce6310722caac80	\N	\N	\N	NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN
2	d86b64cf-6a01-cf28-1ad1-dde109408850	1	0	7	\\x04	\\x9f3fb6f7c207fa623b9a13df1503fbb3	\N	\N	\N	NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN
3	6c07a58e-d15f-5f88-3ab7-493b471ceb2b	1	0	6	\\x04	\\x381225a0c64bcce5e98a7031bd5ab517	\N	\N	\N	NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN
4	c5fb5b4d-f7b6-dd49-0f27-343117a40be1	1	0	5	\\x04	\\x5cb2accf62f8071dd411491b1998fb21	\N	\N	\N	NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN
5	915b19f5-41fd-e0ae-357b-c59ffe07ecbe	1	0	4	\\x04	\\x68c0148723052211d4bdde63d06e152c	\N	\N	\N	NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN
6	db1e2b99-f861-c6c5-c584-be82b478cdc9	1	0	2	\\x04	\\xa19e6058ee9ec48b89de36954a489b9e	\N	\N	\N	NNNNNNNNNNNNNNNNNNNN
7	51ea9b6a-866a-9d01-d1ab-783e2949bdb3	1	0	1	\\x04	\\x4b0f20782a1c3a0ebcf01b6687eb1de4	\N	\N	\N	NNNNNNNNNN
8	67037244-9bac-d830-1cc0-9d7d1961df51	1	0	3	\\x04	\\xcdbd9030856c192257ee203fff94e167	\N	\N	\N	NNNNNNNNNNNNNNNNNNNNNNNNNNNNNN
\.

COPY migsafe_undo.run_4 (seq, entry_hash, batch, leaf, key_1, changed, new_hash, row_hash, old_1, old_2, old_3) FROM stdin;
1	6306bd17-2e64-fa79-9881-4a7afc588211	1	0	1	\\x04	\\x0748bf91ea6df033896ffa77e7ca3d14	\N	\N	\N	nnnnnnnnnn
2	d77b8751-04bd-f553-e79d-ac2d7a04d9b8	1	0	2	\\x04	\\x68ea54b08e87c2d20e2a7386867e0ed2	\N	\N	\N	nnnnnnnnnnnnnnnnnnnn
3	b55a52c0-3aa5-9834-25a7-aa7d96bc2ca6	1	0	3	\\x04	\\x90e6980eca36a2fa9bc29cdd9eab40d8	\N	\N	\N	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
4	6871db06-f7b5-4dbe-f725-6797bee8dfe1	2	0	4	\\x04	\\xceebc02039feeaf645b2ad88052923cc	\N	\N	\N	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
5	e34dde55-f657-9b35-8bd8-f2fdb3efead0	2	0	5	\\x04	\\x25e902c0908c3997aefc16326c3163bb	\N	\N	\N	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
6	3e0da83f-feb2-7bde-a27c-76cb616fdfaf	2	0	6	\\x04	\\x9908226ca59d00bfd3e189396d85c198	\N	\N	\N	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
7	79113fc8-3d92-f48a-5dac-ea6e0d888e88	2	0	7	\\x04	\\xda1d1f7df18b388f6d9d95cbe0ef1721	\N	\N	\N	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
8	f8d83e11-c8ad-b14f-e4ac-bd0c25e9b17e	3	0	8	\\x04	\\xef7e7e0e6ebe025b4847477f079caf00	\N	\N	\N	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
\.

COPY migsafe_undo.run_5 (seq, entry_hash, batch, leaf, changed, new_hash, row_hash, old_1, old_2) FROM stdin;
1	617b08df-0a2e-6d0d-8ebf-82f9d4fafca9	1	0	\\x02	\\x5d8c26509226478fcd45350ab2e94447	\\x49e33cb6dd0530ce6f2645202d2fc972	2026-01-01	1.50
2	e01f199e-3d19-7f57-d2f4-762988e38fa6	1	0	\\x02	\\x5d8c26509226478fcd45350ab2e94447	\\x49e33cb6dd0530ce6f2645202d2fc972	2026-01-01	1.50
\.

COPY shop.customer (id, doc, note) FROM stdin;
1	{"mail": "c1", "quota": 1.50}	nnnnnnnnnn1
2	{"mail": "c2", "quota": 2.50}	nnnnnnnnnnnnnnnnnnnn2
3	{"mail": "c3", "quota": "none"}	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn3
4	{"mail": "c4", "quota": 4.50}	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn4
5	{"mail": "c5", "quota": 5.50}	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn5
6	{"mail": "c6", "quota": 6.50}	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn6
7	{"mail": "c7", "quota": 7.50}	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn7
8	{"mail": "c8", "quota": 8.50}	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn8
\.

COPY shop.customer_backup_20261121_205701 (id, doc, note) FROM stdin;
1	{"mail": "c1", "quota": "1.50"}	nnnnnnnnnn
2	{"mail": "c2", "quota": "2.50"}	nnnnnnnnnnnnnnnnnnnn
3	{"mail": "c3", "quota": "none"}	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
4	{"mail": "c4", "quota": "4.50"}	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
5	{"mail": "c5", "quota": "5.50"}	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
6	{"mail": "c6", "quota": "6.50"}	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
7	{"mail": "c7", "quota": "7.50"}	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
8	{"mail": "c8", "quota": "8.50"}	nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
\.

COPY shop.visit (day, pages) FROM stdin;
2026-01-02	\N
2026-01-01	3.00
2026-01-01	3.00
\.

COPY shop.visit_backup_20261121_205701 (day, pages) FROM stdin;
2026-01-01	1.50
2026-01-01	1.50
2026-01-02	\N
\.

SELECT pg_catalog.setval('migsafe.backup_id_seq', 2, true);

SELECT pg_catalog.setval('migsafe.backup_set_seq', 1, false);

SELECT pg_catalog.setval('migsafe.run_id_seq', 5, true);

ALTER TABLE ONLY shop.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id);

