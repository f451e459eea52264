import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { type Closable, Supervised } from '../../../src/lib/supervised.ts';

/** A part that dies, fails to start and closes when the test says so. */
class Theatre {
  readonly clock = new ManualClock(1_000);
  readonly parts: { die(): void; readonly port: number; closed: boolean }[] = [];
  failing = false;

  async start(onDeath: (error: Error) => void, last?: Closable & { port: number }) {
    if (this.failing) throw new Error('The port is in use.');
    const part = {
      port: last ? last.port : 4_000 + this.parts.length,
      closed: false,
      die: () => onDeath(new Error('Out of memory.')),
      close: async () => {
        part.closed = true;
      },
    };
    this.parts.push(part);
    return part;
  }

  open() {
    return Supervised.start<Closable & { port: number }>({
      name: 'part',
      clock: this.clock,
      log: silentLogger,
      start: (onDeath, last) => this.start(onDeath, last),
    });
  }

  async wait(ms: number): Promise<void> {
    this.clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('A part that dies is started again in its place', async () => {
  const theatre = new Theatre();
  const supervised = await theatre.open();
  theatre.parts[0]?.die();
  await theatre.wait(199);
  assert.equal(theatre.parts.length, 1);
  await theatre.wait(1);
  assert.equal(theatre.parts[1]?.port, supervised.first.port);
  await supervised.close();
  assert.equal(theatre.parts[1]?.closed, true);
});

test('One death is told once, however often the part says it', async () => {
  const theatre = new Theatre();
  await theatre.open();
  theatre.parts[0]?.die();
  theatre.parts[0]?.die();
  await theatre.wait(10_000);
  theatre.parts[0]?.die();
  await theatre.wait(10_000);
  assert.equal(theatre.parts.length, 2);
});

test('The wait doubles while it keeps dying or cannot start, up to 10 s, and is short again after a healthy minute', async () => {
  const theatre = new Theatre();
  await theatre.open();
  theatre.failing = true;
  theatre.parts[0]?.die();
  for (const ms of [200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]) await theatre.wait(ms);
  theatre.failing = false;
  await theatre.wait(9_999);
  assert.equal(theatre.parts.length, 1);
  await theatre.wait(1);
  assert.equal(theatre.parts.length, 2);
  theatre.parts[1]?.die();
  await theatre.wait(9_999);
  assert.equal(theatre.parts.length, 2, 'It died at once: the wait is the longest.');
  await theatre.wait(1);
  await theatre.wait(60_000);
  theatre.parts[2]?.die();
  await theatre.wait(200);
  assert.equal(theatre.parts.length, 4);
});

test('A part that is closed stays closed, and the first start may fail', async () => {
  const theatre = new Theatre();
  const supervised = await theatre.open();
  theatre.parts[0]?.die();
  await supervised.close();
  await theatre.wait(60_000);
  assert.equal(theatre.parts.length, 1);
  theatre.failing = true;
  await assert.rejects(theatre.open(), /in use/);
});
