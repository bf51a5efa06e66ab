const { drizzle } = require('drizzle-orm/node-postgres');
const { migrate } = require('drizzle-orm/node-postgres/migrator');
const { Pool } = require('pg');

async function main() {
	const pool = new Pool();
	try {
		await migrate(drizzle(pool), { migrationsFolder: 'migrations' });
	} finally {
		await pool.end();
	}
}

main().catch((error) => {
	console.error(error.message, error.cause);
	process.exitCode = 1;
});
