SELECT migsafe.start('account', '{"mail": "upper(mail)"}', name => 'lost');
--> statement-breakpoint
SELECT * FROM migsafe.run_safe('account', '{"mail": "upper(mail)"}', only_if => 'id <= 100', name => 'lost too');
--> statement-breakpoint
SELECT 1 / 0;
