-- The migration: from the documents of tier_config to three tables, and a view that looks like the old table for
-- those who still read it. The documents stay, so that the result can be compared with them.

CREATE TABLE tiers (
    id   text PRIMARY KEY,
    rank integer NOT NULL UNIQUE
);
CREATE TABLE models (
    id       text PRIMARY KEY,
    provider text NOT NULL
);
CREATE TABLE tier_model_access (
    tier_id  text NOT NULL REFERENCES tiers ON DELETE CASCADE,
    model_id text NOT NULL REFERENCES models,
    quota    jsonb NOT NULL,
    PRIMARY KEY (tier_id, model_id)
);
CREATE INDEX tier_model_access_model_id_idx ON tier_model_access (model_id);

INSERT INTO tiers SELECT tier, (doc -> 'rank')::integer FROM tier_config;
INSERT INTO models
SELECT DISTINCT m.key, m.value ->> 'provider' FROM tier_config, jsonb_each(doc -> 'models') AS m;
INSERT INTO tier_model_access
SELECT tier, m.key, m.value -> 'quota' FROM tier_config, jsonb_each(doc -> 'models') AS m;

CREATE VIEW tier_config_compat AS
SELECT t.id AS tier,
       jsonb_build_object('rank', t.rank, 'models', coalesce(
           jsonb_object_agg(m.id, jsonb_build_object('provider', m.provider, 'quota', a.quota))
           FILTER (WHERE m.id IS NOT NULL), '{}')) AS doc
FROM tiers t LEFT JOIN tier_model_access a ON a.tier_id = t.id LEFT JOIN models m ON m.id = a.model_id
GROUP BY t.id;

-- What the documents say, in the form of tier_model_access: to compare with.
CREATE VIEW tier_config_access AS
SELECT tier AS tier_id, m.key AS model_id, m.value -> 'quota' AS quota
FROM tier_config, jsonb_each(doc -> 'models') AS m;
