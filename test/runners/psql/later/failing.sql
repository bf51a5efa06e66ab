BEGIN;
SELECT migsafe.start('account', '{"mail": "upper(mail)"}', name => 'lost');
SELECT * FROM migsafe.run_safe('account', '{"mail": "upper(mail)"}', only_if => 'id <= 100', name => 'lost too');
SELECT 1 / 0;
COMMIT;
