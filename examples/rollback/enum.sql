-- The tables of scenarios A to D: who may use which application, and who was invited to one. Its name is an enum in one
-- table, and a member of a document in the other. The migration writes the names in upper case, and makes one of billing
-- and invoicing: so no UPDATE can take it back.

\ir begin.sql
CREATE TYPE application AS ENUM ('billing', 'invoicing', 'planning', 'reports');
CREATE TABLE access (
    id        bigint PRIMARY KEY,
    app       application NOT NULL,
    role      text NOT NULL,
    last_used date
);
\ir enum_invitation.sql

INSERT INTO access
SELECT i, (enum_range(NULL::application))[1 + i % 4], CASE WHEN i % 20 = 0 THEN 'admin' ELSE 'viewer' END, '2026-01-01'
FROM generate_series(1, :rows) i;
INSERT INTO invitation
SELECT id, id, jsonb_build_object('app', app, 'state', 'sent', 'to', 'user' || id || '@example.org')
FROM access WHERE id <= :rows / 2;

-- The new names come first, in a step of its own: nobody uses them yet. A rollback leaves them, and they harm nobody.
ALTER TYPE application ADD VALUE 'BILLING';
ALTER TYPE application ADD VALUE 'PLANNING';
ALTER TYPE application ADD VALUE 'REPORTS';
VACUUM ANALYZE access, invitation;

\set access_transform '{"app": "upper(replace(app::text, ''invoicing'', ''billing''))::application"}'
\set invitation_transform '{"doc": "jsonb_set(doc, ''{app}'', to_jsonb(upper(replace(doc->>''app'', ''invoicing'', ''billing''))))"}'
