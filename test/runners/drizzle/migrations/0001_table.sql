CREATE EXTENSION IF NOT EXISTS migsafe;
--> statement-breakpoint
CREATE TABLE account (id integer PRIMARY KEY, doc jsonb NOT NULL, mail text);
--> statement-breakpoint
INSERT INTO account SELECT n, jsonb_build_object('mail', 'A@B' || n, 'quota', n::text) FROM generate_series(1, 1000) n;
--> statement-breakpoint
SELECT * FROM migsafe.run_safe('account',
    '{"doc": [{"op": "cast", "path": "/quota", "to": "number"}]}', name => 'quota');
