import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Command } from '../../../src/acd/commands.ts';
import type { Engine } from '../../../src/acd/engine.ts';
import { journalHealth } from '../../../src/house/health.ts';
import { ManualClock } from '../../../src/lib/clock.ts';
import { agentId, callId, queueId } from '../../../src/model/ids.ts';
import { QUEUE_DEFAULTS } from '../../../src/model/queue.ts';
import {
  type CompactionJob,
  compact,
  snapshotTime,
} from '../../../src/runtime/journal/compaction.ts';
import { type Disk, openFolder } from '../../../src/runtime/journal/disk.ts';
import {
  type Journal,
  type JournalOptions,
  type JournalTrouble,
  openJournal,
} from '../../../src/runtime/journal/journal.ts';
import { decodeLines, encodeLine, slowCrc32 } from '../../../src/runtime/journal/lines.ts';
import { generations, snapshotName } from '../../../src/runtime/journal/names.ts';
import { readSnapshot, recover } from '../../../src/runtime/journal/recovery.ts';

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

  /** Sixty calls, a generation for every five records, a minute between them. */
  async function aDay(more: Partial<JournalOptions>): Promise<Engine> {
    const { journal, engine } = await open({ snapshotEvery: 5, ...more });
    give(journal, engine, clock.now(), configure);
    for (let n = 0; n < 60; n++) {
      clock.advance(60_000);
      give(journal, engine, clock.now(), enqueue(n));
      await journal.flush();
      await journal.compacted();
    }
    await journal.close();
    return engine;
  }

  const filesOf = async (ending: string): Promise<readonly string[]> =>
    (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();

  it('J3 keeps two generations when nothing older is to be kept', async () => {
    const engine = await aDay({ keepMs: 0 });
    assert.equal((await filesOf('.snapshot')).length, 2);
    assert.equal((await filesOf('.log')).length, 2);
    assert.equal((await readdir(folder)).length, 4);
    assert.equal((await recover(await openFolder(folder))).engine.serialize(), engine.serialize());
  });

  it('J8 keeps the generations of the last hours, whole ones, the oldest removed first', async () => {
    await aDay({ keepMs: 20 * 60_000 });
    const disk = await openFolder(folder);
    const { snapshots, segments } = generations(await disk.names());
    assert.deepEqual(segments, snapshots);
    const times = await Promise.all(snapshots.map((generation) => snapshotTime(disk, generation)));
    const [first = 0, second = 0] = times;
    const keepFrom = clock.now() - 20 * 60_000;
    // The last clean-up came a few records before the end.
    assert.ok(first < keepFrom && second >= keepFrom - 5 * 60_000, String(times));
  });

  it('J8 keeps no more than there is room for', async () => {
    const keepBytesMax = 80_000;
    await aDay({ keepBytesMax });
    const disk = await openFolder(folder);
    const names = await disk.names();
    const sizes = await Promise.all(names.map((name) => disk.size(name)));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    // What came after the last clean-up is part of a generation, and smaller than the largest file.
    assert.ok(bytes <= keepBytesMax + Math.max(...sizes), `${bytes} bytes`);
    assert.ok(generations(names).snapshots.length > 2);
    assert.ok((generations(names).snapshots[0] ?? 0) > 1, 'the first ones are gone');
  });

  it('J7 a snapshot made from the journal is the state itself, to the byte', async () => {
    const { journal, engine } = await open({ snapshotEvery: 10 });
    give(journal, engine, 1, configure);
    journal.keep('leg:a', { sipCallId: 'x@y' });
    for (let n = 0; n < 7; n++) give(journal, engine, 10 + n, enqueue(n));
    give(journal, engine, 30, { type: 'call.abandon', callId: callId('call-3') });
    const before = engine.serialize();
    give(journal, engine, 40, enqueue(9));
    await journal.flush();
    await journal.compacted();
    const disk = await openFolder(folder);
    const { highest } = generations(await disk.names());
    const { engine: saved, notes, lastAt } = await readSnapshot(disk, snapshotName(highest));
    assert.equal(highest, 2);
    assert.equal(saved.serialize(), before);
    assert.deepEqual([...notes], [['leg:a', { sipCallId: 'x@y' }]]);
    assert.equal(lastAt, 30);
    await journal.close();
  });

  it('J7 a snapshot that cannot be made is said, loses nothing, and the next one makes up for it', async () => {
    let fail = true;
    const disk = await openFolder(folder);
    const make = async (job: CompactionJob): Promise<void> => {
      if (fail) throw new Error('The thread is gone.');
      await compact(disk, job);
    };
    const { journal, engine } = await open({ snapshotEvery: 5, compact: make });
    give(journal, engine, 1, configure);
    for (let n = 0; n < 12; n++) give(journal, engine, 10 + n, enqueue(n));
    await journal.flush();
    await journal.compacted();
    assert.ok(troubles.every(({ kind }) => kind === 'snapshotFailed') && troubles.length > 0);
    assert.equal((await filesOf('.snapshot')).length, 1, 'the one of the start');
    assert.equal((await recover(disk)).engine.serialize(), engine.serialize());
    fail = false;
    for (let n = 20; n < 26; n++) give(journal, engine, 10 + n, enqueue(n));
    await journal.close();
    assert.equal((await filesOf('.snapshot')).length, 2);
    assert.equal((await recover(disk)).engine.serialize(), engine.serialize());
  });

  it('J7 a replay that ends at another record makes no snapshot', async () => {
    const { journal, engine } = await open();
    give(journal, engine, 1, configure);
    await journal.close();
    const job = { generation: 2, lastNumber: 7, keepFrom: 0, keepBytesMax: 1e9 };
    await assert.rejects(compact(await openFolder(folder), job), /record 1, not 7/);
    assert.equal((await filesOf('.snapshot')).length, 1);
  });

  it('J5 whoever waits for the disk is told, however much comes meanwhile', async () => {
    const { journal, engine } = await open();
    give(journal, engine, 1, configure);
    const flushed = journal.flush();
    let done = false;
    void flushed.then(() => {
      done = true;
    });
    for (let n = 0; !done; n++) {
      give(journal, engine, 10 + n, enqueue(n));
      await new Promise((resolve) => setImmediate(resolve));
      assert.ok(
        n < 100_000,
        'a load that never ends must not hide that the first record is written',
      );
    }
    await journal.close();
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
    const { pendingBytes, ...view } = journal.view;
    assert.deepEqual(view, { diskRefuses: true, dropped: 0 });
    assert.ok(pendingBytes > 51 * 50, `${pendingBytes} bytes of 51 commands`);
    state.full = false;
    await until(() => troubles.some(({ kind }) => kind === 'over'));
    assert.deepEqual(journal.view, { diskRefuses: false, pendingBytes: 0, dropped: 0 });
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
    const given = troubles.map((one) => (one.kind === 'recordsDropped' ? one.count : 0));
    assert.equal(
      journal.view.dropped,
      given.reduce((sum, count) => sum + count),
    );
    const said = await journalHealth(() => journal.view).check();
    assert.ok(said.ok, 'calls are taken');
    assert.match(said.detail ?? '', new RegExp(`and ${journal.view.dropped} commands had no room`));
    state.full = false;
    await until(() => troubles.some(({ kind }) => kind === 'over'));
    assert.equal(journal.view.dropped, 0);
    assert.deepEqual(await journalHealth(() => journal.view).check(), { ok: true });
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

  it('P3 whoever reads the journal has the same engine, and goes on with the same decisions', async () => {
    const { journal, engine } = await open({ snapshotEvery: 20 });
    give(journal, engine, 1, configure);
    for (let n = 0; n < 50; n++) give(journal, engine, 10 + n, enqueue(n));
    await journal.flush();
    // Another process, while the first one still has the folder.
    const { engine: standby } = await recover(await openFolder(folder));
    assert.equal(standby.serialize(), engine.serialize());
    const next: readonly Command[] = [
      { type: 'agent.signIn', agentId: agentId('1001') },
      { type: 'agent.reachable', agentId: agentId('1001'), reachable: true },
      { type: 'agent.ready', agentId: agentId('1001') },
    ];
    for (const command of next) {
      assert.deepEqual(standby.apply(100, command), engine.apply(100, command));
    }
    assert.equal(standby.serialize(), engine.serialize());
    await journal.close();
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
