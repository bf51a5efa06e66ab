-- All files that are not in the store yet.

SELECT run_id AS run, successful_rows AS stored
FROM migsafe.run_safe('file', :'store', only_if => 'store_key IS NULL', batch_size => 1000)
\gset
SELECT migsafe.fingerprint('file') AS fingerprint
\gset
\echo stored: :stored files
