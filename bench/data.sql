-- What most benchmarks share: documents like those of examples/litemaas, and the migration of one, as SQL and as a patch.
-- Sets the variables pure_sql (an expression over "document") and patch.

-- about 200 bytes of text an entity
CREATE FUNCTION bench.entities(kind text, i integer, entities integer) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN (SELECT jsonb_object_agg(kind || '_' || k, jsonb_build_object(
            'name', kind || ' number ' || k, 'requests', (i * 7 + k * 13) % 5000,
            'cost', round((i % 97 + k) * 0.0125, 4), 'successRate', 0.9 + k * 0.01,
            'lastSeen', '2025-01-01T00:00:' || lpad((i % 60)::text, 2, '0') || 'Z',
            'tokenBreakdown', jsonb_build_object('prompt', i * 3 % 90000 + k, 'completion', i * 5 % 70000 + k,
                                                 'total', i * 3 % 90000 + i * 5 % 70000 + 2 * k)))
        FROM generate_series(1, entities) k);

-- the migration: in each entity the token breakdown becomes three members of its own
SELECT $$(SELECT jsonb_object_agg(key, (value - 'tokenBreakdown') || jsonb_build_object(
            'promptTokens', value #> '{tokenBreakdown,prompt}',
            'completionTokens', value #> '{tokenBreakdown,completion}',
            'totalTokens', value #> '{tokenBreakdown,total}'))
        FROM jsonb_each(document))$$ AS pure_sql,
       $$[{"op": "move", "from": "/*/tokenBreakdown/prompt", "path": "/*/promptTokens"},
          {"op": "move", "from": "/*/tokenBreakdown/completion", "path": "/*/completionTokens"},
          {"op": "move", "from": "/*/tokenBreakdown/total", "path": "/*/totalTokens"},
          {"op": "remove", "path": "/*/tokenBreakdown"}]$$ AS patch
\gset
