-- What the application does in the hours after the migration, with the tables :access and :invitation; :spell says how
-- it writes the names of applications by then.

-- other columns, and other members of the documents
UPDATE :access SET last_used = '2026-02-01' WHERE id % 10 = 0;
UPDATE :invitation SET doc = doc || '{"state": "accepted", "seats": 3}' WHERE id % 5 = 0;
-- the very values that the migration has written
UPDATE :access SET app = :spell('reports')::application WHERE id % 1000 = 1;
UPDATE :invitation SET doc = jsonb_set(doc, '{app}', to_jsonb(:spell('planning'))) WHERE id % 500 = 1;
-- rows that go, and rows that come
DELETE FROM :invitation WHERE id % 100 = 7;
INSERT INTO :access SELECT 1000000000 + i, :spell('billing')::application, 'viewer', '2026-02-01' FROM generate_series(1, 500) i;
INSERT INTO :invitation
SELECT id, id, jsonb_build_object('app', app, 'state', 'sent') FROM :access WHERE id > 1000000000;
