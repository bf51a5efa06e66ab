-- What must hold after the migration, as the psql variable checks that verify.sql passes on. The target of the call is
-- tier_model_access; what concerns other tables is asked by queries.

SELECT $$[
    {"name": "the tables are there", "check": "exists", "table": ["tiers", "models", "tier_model_access"]},
    {"name": "access has its columns", "check": "exists", "column": ["tier_id", "model_id"], "type": "text"},
    {"name": "quotas are jsonb", "check": "exists", "column": "quota", "type": "jsonb"},
    {"name": "tiers and models have their columns", "check": "query", "equals": 4,
     "query": "SELECT count(*) FROM pg_attribute WHERE (attrelid, attname) IN (('tiers'::regclass, 'id'), ('tiers'::regclass, 'rank'), ('models'::regclass, 'id'), ('models'::regclass, 'provider'))"},

    {"name": "foreign keys are there", "check": "exists",
     "foreign_key": ["tier_model_access_tier_id_fkey", "tier_model_access_model_id_fkey"]},
    {"name": "tiers take their access along", "check": "query",
     "query": "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'tier_model_access'::regclass AND conname = 'tier_model_access_tier_id_fkey'",
     "equals": "FOREIGN KEY (tier_id) REFERENCES tiers(id) ON DELETE CASCADE"},
    {"name": "indexes are there", "check": "exists",
     "index": ["tier_model_access_pkey", "tier_model_access_model_id_idx"]},

    {"name": "there are rows", "check": "query", "query": "SELECT count(*) FROM tier_model_access", "at_least": 1},
    {"name": "no access without a tier", "check": "foreign_key", "column": "tier_id", "references": "tiers"},
    {"name": "no access without a model", "check": "foreign_key", "column": "model_id", "references": "models"},
    {"name": "no tier without access", "check": "query", "equals": 0,
     "query": "SELECT count(*) FROM tiers t WHERE NOT EXISTS (SELECT FROM tier_model_access WHERE tier_id = t.id)"},
    {"name": "quotas are well formed", "check": "schema", "column": "quota",
     "schema": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}}},

    {"name": "over 80 % have a quota", "check": "coverage", "expression": "quota ? 'rpm'", "at_least": 0.8},
    {"name": "tiers are balanced", "check": "query", "at_most": 2,
     "query": "SELECT max(n) - min(n) FROM (SELECT count(a.model_id) AS n FROM tiers t LEFT JOIN tier_model_access a ON a.tier_id = t.id GROUP BY t.id) AS counts"},

    {"name": "all entries of the documents arrived", "check": "reconcile", "reference": "tier_config_access",
     "key": ["tier_id", "model_id"]},
    {"name": "the compatibility view is there", "check": "exists", "view": "tier_config_compat"},
    {"name": "it gives the documents as they were", "check": "query", "equals": 0,
     "query": "SELECT count(*) FROM tier_config o FULL JOIN tier_config_compat n USING (tier) WHERE o.doc IS DISTINCT FROM n.doc"},
    {"name": "a tier's models within 50 ms", "check": "max_duration", "milliseconds": 50, "runs": 3,
     "query": "SELECT m.* FROM tier_model_access a JOIN models m ON m.id = a.model_id WHERE a.tier_id = 'pro'"}
]$$ AS checks
\gset
