-- What each scenario ends with. Backups lie beside their tables, so they go as well.

DROP SCHEMA rollback_demo CASCADE;
RESET client_min_messages;
