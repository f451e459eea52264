import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Command } from '../../../src/acd/commands.ts';
import type { Engine } from '../../../src/acd/engine.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { agentId, callId, queueId } from '../../../src/model/ids.ts';
import { QUEUE_DEFAULTS } from '../../../src/model/queue.ts';
import {
  type Journal,
  type JournalOptions,
  type JournalTrouble,
  openJournal,
} from '../../../src/runtime/journal.ts';
import { type Disk, openFolder } from '../../../src/runtime/journal-disk.ts';
import { decodeLines, encodeLine, slowCrc32 } from '../../../src/runtime/journal-lines.ts';
import { recover } from '../../../src/runtime/journal-recovery.ts';

const ventas = queueId('ventas');

const configure: Command = {
  type: 'configure',
  queues: [{ ...QUEUE_DEFAULTS, id: ventas, name: 'Ventas' }],
  agents: [{ id: agentId('1001'), name: 'Ana', extension: '1001', skills: {}, queueIds: [ventas] }],
};

const enqueue = (n: number): Command => ({
  type: 'call.enqueue',
  callId: callId(`call-${n}`),
  queueId: ventas,
  priority: n % 11,
  requiredSkills: {},
});

/** What the runtime does with every command. */
function give(journal: Journal, engine: Engine, at: number, command: Command): void {
  journal.append(at, command);
  engine.apply(at, command);
}

describe('journal', () => {
  let folder: string;
  let troubles: JournalTrouble[];
  let clock: ManualClock;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'journal-'));
    troubles = [];
    clock = new ManualClock();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const open = (more: Partial<JournalOptions> = {}) =>
    openJournal({ folder, clock, onTrouble: (trouble) => troubles.push(trouble), ...more });

  const newest = async (ending: string): Promise<string> => {
    const names = (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
    return join(folder, names.at(-1) ?? '');
  };

  it('J1 starts empty in an empty folder', async () => {
    const { journal, engine, commandsReplayed, notes } = await open();
    assert.equal(commandsReplayed, 0);
    assert.equal(notes.size, 0);
    assert.deepEqual(engine.agents(), []);
    await journal.close();
    assert.deepEqual(troubles, []);
  });

  it('J1 gives the same state to the byte, snapshots and segments taken together', async () => {
    const { journal, engine } = await open({ snapshotEvery: 40 });
    give(journal, engine, 1, configure);
    for (let n = 0; n < 250; n++) {
      give(journal, engine, 10 + n, enqueue(n));
      if (n % 60 === 0) await journal.flush();
    }
    await journal.close();
    const again = await open();
    assert.equal(again.engine.serialize(), engine.serialize());
    assert.ok(again.commandsReplayed < 50, `${again.commandsReplayed} replayed`);
    await again.journal.close();
    assert.deepEqual(troubles, []);
  });

  it('J1 gives back what was flushed when the process dies without closing', async () => {
    const { journal, engine } = await open();
    give(journal, engine, 1, configure);
    give(journal, engine, 2, enqueue(1));
    await journal.flush();
    const again = await open();
    assert.equal(again.engine.serialize(), engine.serialize());
    await again.journal.close();
    // The dead one's file, which the system would have closed.
    await journal.close();
  });

  it('J2 cuts a torn tail, says so, and goes on', async () => {
    const { journal, engine } = await open();
    give(journal, engine, 1, configure);
    await journal.close();
    await appendFile(await newest('.log'), 'deadbeef {"n":2,"at":2,"comm');
    const again = await open();
    assert.equal(again.engine.serialize(), engine.serialize());
    assert.equal(troubles.length, 1);
    assert.match(JSON.stringify(troubles[0]), /ends torn: 28 bytes/);
    give(again.journal, again.engine, 3, enqueue(1));
    await again.journal.close();
    const third = await open();
    assert.equal(third.engine.serialize(), again.engine.serialize());
    await third.journal.close();
  });

  it('J2 cuts at every possible byte of the last record without a crash', async () => {
    const { journal, engine } = await open();
    give(journal, engine, 1, configure);
    await journal.flush();
    const before = engine.serialize();
    give(journal, engine, 2, enqueue(1));
    await journal.close();
    const path = await newest('.log');
    const whole = await readFile(path);
    const start = whole.indexOf(10) + 1;
    for (let end = start; end < whole.length; end += 17) {
      await writeFile(path, whole.subarray(0, end));
      assert.equal((await recover(await openFolder(folder))).engine.serialize(), before);
    }
  });

  it('J2 a line is its checksum and its body; the check value of CRC-32 is right', () => {
    assert.equal(encodeLine('123456789'), 'cbf43926 123456789\n');
    assert.equal(slowCrc32('123456789'), 0xcbf43926);
    const bytes = Buffer.from(`${encodeLine('{"niño":1}')}${encodeLine('x')}torn`);
    assert.deepEqual(decodeLines(bytes), { bodies: ['{"niño":1}', 'x'], bytesCut: 4 });
  });

  it('J3 falls back to the generation before when the newest snapshot is damaged', async () => {
    const { journal, engine } = await open({ snapshotEvery: 5 });
    give(journal, engine, 1, configure);
    for (let n = 0; n < 12; n++) give(journal, engine, 10 + n, enqueue(n));
    await journal.close();
    const path = await newest('.snapshot');
    const bytes = await readFile(path);
    bytes[bytes.length - 20] = 0;
    await writeFile(path, bytes);
    const again = await open();
    assert.equal(again.engine.serialize(), engine.serialize());
    assert.match(JSON.stringify(troubles), /cannot be used/);
    await again.journal.close();
  });

  it('J3 keeps two generations and no more', async () => {
    const { journal, engine } = await open({ snapshotEvery: 5 });
    give(journal, engine, 1, configure);
    for (let n = 0; n < 60; n++) {
      give(journal, engine, 10 + n, enqueue(n));
      await journal.flush();
    }
    await journal.close();
    const names = await readdir(folder);
    assert.equal(names.filter((name) => name.endsWith('.snapshot')).length, 2);
    assert.equal(names.filter((name) => name.endsWith('.log')).length, 2);
    assert.equal(names.length, 4);
  });

  it('J4 keeps notes until they are dropped, across snapshots and restarts', async () => {
    const { journal, engine } = await open({ snapshotEvery: 3 });
    journal.keep('leg:a', { type: 'leg', callId: 'c1', sipCallId: 'x@y' });
    journal.keep('leg:b', { type: 'leg', callId: 'c2' });
    give(journal, engine, 1, configure);
    journal.keep('leg:a', { type: 'leg', callId: 'c1', sipCallId: 'z@y' });
    journal.drop('leg:b');
    journal.drop('leg:never');
    await journal.close();
    const again = await open();
    assert.deepEqual(
      [...again.notes],
      [['leg:a', { type: 'leg', callId: 'c1', sipCallId: 'z@y' }]],
    );
    await again.journal.close();
  });

  /** A disk whose writes fail while `full` is set. */
  async function faultyDisk(): Promise<{ disk: Disk; state: { full: boolean } }> {
    const real = await openFolder(folder);
    const state = { full: false };
    const disk: Disk = {
      ...real,
      async create(name) {
        const file = await real.create(name);
        return {
          ...file,
          async write(bytes, position) {
            if (!state.full) return file.write(bytes, position);
            await file.write(bytes.subarray(0, bytes.length >> 1), position);
            throw Object.assign(new Error('No space left on device'), { code: 'ENOSPC' });
          },
        };
      },
    };
    return { disk, state };
  }

  /** Lets the loop of the journal run: it waits for real files, so turns are counted, not milliseconds. */
  async function until(condition: () => boolean): Promise<void> {
    // The disk is real, and on a busy machine takes its time: the limit only ends a test that hangs.
    for (const end = performance.now() + 20_000; !condition() && performance.now() < end; ) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(10);
    }
    assert.ok(condition());
  }

  it('J5 a full disk: routing goes on, and everything is written when there is room', async () => {
    const { disk, state } = await faultyDisk();
    const { journal, engine } = await open({ disk });
    give(journal, engine, 1, configure);
    await journal.flush();
    state.full = true;
    for (let n = 0; n < 50; n++) give(journal, engine, 10 + n, enqueue(n));
    await until(() => troubles.some(({ kind }) => kind === 'writeFailed'));
    give(journal, engine, 100, enqueue(100));
    state.full = false;
    await until(() => troubles.some(({ kind }) => kind === 'over'));
    await journal.close();
    assert.deepEqual(
      troubles.map(({ kind }) => kind),
      ['writeFailed', 'over'],
    );
    const again = await open();
    assert.equal(again.engine.serialize(), engine.serialize());
    await again.journal.close();
  });

  it('J5 a disk that stays full: the buffer is limited, and a snapshot makes up for what was dropped', async () => {
    const { disk, state } = await faultyDisk();
    const { journal, engine } = await open({ disk, bufferBytesMax: 2_000 });
    give(journal, engine, 1, configure);
    await journal.flush();
    state.full = true;
    for (let n = 0; n < 200; n++) give(journal, engine, 10 + n, enqueue(n));
    journal.keep('leg:a', 1);
    await until(() => troubles.some(({ kind }) => kind === 'recordsDropped'));
    await until(() => troubles.some(({ kind }) => kind === 'writeFailed'));
    state.full = false;
    await until(() => troubles.some(({ kind }) => kind === 'over'));
    give(journal, engine, 300, enqueue(300));
    await journal.close();
    const again = await open();
    assert.equal(again.engine.serialize(), engine.serialize());
    assert.equal(again.notes.get('leg:a'), 1);
    await again.journal.close();
  });

  it('J5 a disk that is full at the start delays the writing, not the start', async () => {
    const { disk, state } = await faultyDisk();
    state.full = true;
    const { journal, engine } = await open({ disk });
    give(journal, engine, 1, configure);
    await until(() => troubles.some(({ kind }) => kind === 'writeFailed'));
    state.full = false;
    await until(() => troubles.some(({ kind }) => kind === 'over'));
    await journal.close();
    const again = await open();
    assert.equal(again.engine.serialize(), engine.serialize());
    await again.journal.close();
  });

  it('J6 recovers 10,000 waiting calls, every place kept', async () => {
    const { journal, engine } = await open({ snapshotEvery: 6_000 });
    give(journal, engine, 1, configure);
    for (let n = 0; n < 10_000; n++) give(journal, engine, 10 + n, enqueue(n));
    await journal.close();
    const again = await open();
    assert.equal(again.engine.serialize(), engine.serialize());
    assert.equal(again.engine.queue(ventas)?.waiting, 10_000);
    assert.deepEqual(again.engine.calls(), engine.calls());
    await again.journal.close();
  });
});
