-- Up Migration
SELECT migsafe.start('account', '{"mail": "lower(doc->>''mail'')"}', name => 'backfill', batch_size => 100);

-- Down Migration
SELECT * FROM migsafe.rollback('backfill');
