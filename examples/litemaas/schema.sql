-- The table that is migrated: one row a day, aggregated from the gateway's usage records.
-- Created in the first schema of the search_path.

CREATE TABLE daily_usage_cache (
    date                   date PRIMARY KEY,
    raw_data               jsonb,
    aggregated_by_user     jsonb,
    aggregated_by_model    jsonb,
    aggregated_by_provider jsonb,
    cached_at              timestamptz NOT NULL DEFAULT now(),
    updated_at             timestamptz NOT NULL DEFAULT now()   -- set by whoever updates, no trigger
);

COMMENT ON TABLE daily_usage_cache IS 'usage of one day, by user, by model and by provider';
