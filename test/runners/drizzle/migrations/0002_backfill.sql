SELECT migsafe.start('account', '{"mail": "lower(doc->>''mail'')"}', name => 'backfill', batch_size => 100);
