exports.up = (pgm) => {
	pgm.noTransaction();
	pgm.sql(`CALL migsafe.run_online('account', '{"mail": "upper(mail)"}', name => 'online', batch_size => 100)`);
};

exports.down = (pgm) => {
	pgm.sql(`SELECT * FROM migsafe.rollback('online')`);
};
