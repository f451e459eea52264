import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { read, run } from './cli.ts';
import { Client } from './client.ts';
import type { Terminal } from './command.ts';
import { CommandError } from './errors.ts';

const HERE = 'http://127.0.0.1:8080';

/** Somebody who has read enough (`| head`) is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

async function main(): Promise<number> {
  const request = read(process.argv.slice(2));
  if ('help' in request) {
    process.stdout.write(request.help);
    return 0;
  }
  const { url, key, json } = request.values;
  const { CENTRALITA_URL, CENTRALITA_KEY, ADMIN_API_KEY } = process.env;
  return run(request, {
    client: new Client(
      String(url ?? CENTRALITA_URL ?? HERE),
      String(key ?? CENTRALITA_KEY ?? ADMIN_API_KEY ?? ''),
    ),
    json: json === true,
    interactive: process.stdout.isTTY === true,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    now: Date.now,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    ask,
    sleep: (ms) => sleep(ms),
  });
}

const ask: Terminal['ask'] = async (question) => {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
};

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
