-- The benchmark's table: :rows rows like those of examples/litemaas, three JSONB columns of six entities (about 1.2 KB
-- each), and one that the migration leaves alone.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;

CREATE FUNCTION bench.entities(kind text, i integer) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN (SELECT jsonb_object_agg(kind || '_' || k, jsonb_build_object(
            'name', kind || ' number ' || k, 'requests', (i * 7 + k * 13) % 5000,
            'cost', round((i % 97 + k) * 0.0125, 4), 'successRate', 0.9 + k * 0.01,
            'lastSeen', '2025-01-01T00:00:' || lpad((i % 60)::text, 2, '0') || 'Z',
            'tokenBreakdown', jsonb_build_object('prompt', i * 3 % 90000 + k, 'completion', i * 5 % 70000 + k,
                                                 'total', i * 3 % 90000 + i * 5 % 70000 + 2 * k)))
        FROM generate_series(1, 6) k);

-- the migration: in each entity the token breakdown becomes three members of its own
CREATE FUNCTION bench.flatten(document jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN (SELECT jsonb_object_agg(key, (value - 'tokenBreakdown') || jsonb_build_object(
            'promptTokens', value #> '{tokenBreakdown,prompt}', 'completionTokens', value #> '{tokenBreakdown,completion}',
            'totalTokens', value #> '{tokenBreakdown,total}'))
        FROM jsonb_each(document));

CREATE TABLE bench.source (day date PRIMARY KEY, raw_data jsonb, aggregated_by_user jsonb NOT NULL,
    aggregated_by_model jsonb NOT NULL, aggregated_by_provider jsonb NOT NULL, cached_at timestamptz);
INSERT INTO bench.source
SELECT date '1900-01-01' + i, bench.entities('raw', i), bench.entities('user', i), bench.entities('model', i),
       bench.entities('provider', i), '2025-01-01'
FROM generate_series(1, :rows) i;
VACUUM ANALYZE bench.source;

CREATE TABLE bench.result (contestant text, round integer, seconds numeric, wal_bytes bigint, xids bigint, undo_bytes bigint);
