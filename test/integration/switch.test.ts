import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { parseConfig } from '../../src/config/parse.ts';
import { ClosingTree } from '../../src/lib/closing.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { openSwitch, type SwitchAddresses } from '../../src/switch.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/ports.ts';

const closing = new ClosingTree(silentLogger);
const workers: Worker[] = [];
let addresses: SwitchAddresses;

const remember = (worker: Worker) => workers.push(worker);

before(async () => {
  process.on('worker', remember);
  const parsed = parseConfig({ SIP_HOST: '127.0.0.1', SIP_PORT: String(await freePort()) });
  assert.ok(parsed.ok);
  addresses = await openSwitch(parsed.value, 'a-secret', closing, silentLogger);
});

after(async () => {
  process.off('worker', remember);
  await closing.close();
});

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });

test('Each half of the embedded switch that dies is back at its port', async () => {
  const ports = [addresses.drachtio.port, addresses.mediaServers[0]?.port ?? 0];
  const born = workers.length;
  assert.equal(born, 2);
  await Promise.all(workers.slice().map((worker) => worker.terminate()));
  for (const port of ports) {
    await eventually(`port ${port} to be open again`, () => accepts(port));
  }
  assert.equal(workers.length, 2 * born);
});
