-- Before the migration: one document a tier, with the models that it may use. Created in the first schema of the
-- search_path.

CREATE TABLE tier_config (
    tier text PRIMARY KEY,
    doc  jsonb NOT NULL
);

INSERT INTO tier_config VALUES
    ('free', '{"rank": 1, "models": {
        "granite-3.3-8b": {"provider": "vllm",   "quota": {"rpm": 10}},
        "mistral-small":  {"provider": "vllm",   "quota": {"rpm": 5}},
        "gpt-4o-mini":    {"provider": "openai", "quota": {"rpm": 2}}}}'),
    ('team', '{"rank": 2, "models": {
        "granite-3.3-8b": {"provider": "vllm",   "quota": {"rpm": 100}},
        "mistral-small":  {"provider": "vllm",   "quota": {"rpm": 60, "tpm": 90000}},
        "llama-3.1-70b":  {"provider": "vllm",   "quota": {"rpm": 30}},
        "gpt-4o-mini":    {"provider": "openai", "quota": {"rpm": 60}}}}'),
    ('pro', '{"rank": 3, "models": {
        "granite-3.3-8b": {"provider": "vllm",   "quota": {}},
        "llama-3.1-70b":  {"provider": "vllm",   "quota": {"rpm": 120, "tpm": 400000}},
        "gpt-4o":         {"provider": "openai", "quota": {"rpm": 60}},
        "gpt-4o-mini":    {"provider": "openai", "quota": {"rpm": 200}}}}');
