BEGIN;
CALL migsafe.run_online('account', '{"mail": "upper(mail)"}', name => 'online', batch_size => 100);
COMMIT;
