// A process of its own that starts the embedded database and is then killed, or stands by until it is.
import { startEmbeddedPostgres } from '../../src/embedded/postgres/postgres.ts';
import { silentLogger } from '../../src/lib/log.ts';

const dataDir = process.argv[2] ?? '';
const server = await startEmbeddedPostgres({ dataDir, log: silentLogger });
process.stdout.write(`${server.databaseUrl} ${server.pid}\n`);
setInterval(() => undefined, 1_000);
