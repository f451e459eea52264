import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Engine } from '../../../src/acd/engine.ts';
import { openFolder } from '../../../src/runtime/journal/disk.ts';
import { recover } from '../../../src/runtime/journal/recovery.ts';
import { eventually } from '../../support/eventually.ts';
import { commandOf } from '../../support/mortal-floor.ts';
import { Program } from '../../support/program.ts';

const CHILD = fileURLToPath(new URL('../../support/mortal-child.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The engine that never died: the same day, up to that command. */
class Twin {
  readonly engine = Engine.create();
  #given = 0;

  upTo(count: number): Engine {
    for (; this.#given < count; this.#given++) {
      const { at, command } = commandOf(this.engine, this.#given);
      this.engine.apply(at, command);
    }
    return this.engine;
  }
}

describe('a process that is killed in the middle of its work', () => {
  let folder: string;
  let evidence: string;
  beforeEach(async () => {
    evidence = await mkdtemp(join(tmpdir(), 'crash-'));
    folder = join(evidence, 'journal');
  });
  afterEach(() => rm(evidence, { recursive: true }));

  /** Lives until so many more commands are on the disk, and is killed at whatever it does then. */
  async function liveAndDie(begun: number, more: number) {
    let flushed = begun;
    const troubles: string[] = [];
    const program = new Program({
      command: process.execPath,
      args: ['--import', 'tsx', CHILD, folder, String(begun)],
      cwd: ROOT,
      logPath: join(evidence, 'child.log'),
      onLine: (line) => {
        if (line.startsWith('flushed ')) flushed = Number(line.slice('flushed '.length));
        else troubles.push(line);
      },
    });
    try {
      await eventually('some of the day to be on the disk', () => flushed >= begun + more, 60_000);
    } finally {
      program.signal('SIGKILL');
    }
    const { signal } = await program.exited;
    assert.equal(signal, 'SIGKILL');
    return { flushed, troubles };
  }

  it('J9 kill -9 at any moment, again and again: everything that was said to be on the disk comes back, to the byte', async (t) => {
    const twin = new Twin();
    let count = 0;
    for (const more of [700, 1_500, 40, 900]) {
      const { flushed, troubles } = await liveAndDie(count, more);
      const { engine, lastNumber, flaws } = await recover(await openFolder(folder));
      t.diagnostic(`killed after ${lastNumber} commands, ${flushed} known to be on the disk`);
      assert.ok(lastNumber >= flushed, `${lastNumber} came back of ${flushed}`);
      assert.equal(engine.serialize(), twin.upTo(lastNumber).serialize());
      assert.deepEqual(engine.brokenInvariants(), []);
      assert.deepEqual(engine.calls(), twin.engine.calls(), 'every place is kept');
      // A tail that was torn by the kill is ordinary; anything else is not.
      assert.ok(
        flaws.every((flaw) => /ends torn/.test(flaw)),
        flaws.join(' '),
      );
      assert.ok(
        troubles.every((line) => /ends torn/.test(line)),
        troubles.join(' '),
      );
      count = lastNumber;
    }
  });

  it('J9 a second crash while the first is being recovered from, and a torn tail after each', async () => {
    const twin = new Twin();
    await liveAndDie(0, 500);
    const tear = async (): Promise<void> => {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.log')).sort();
      await appendFile(join(folder, names.at(-1) ?? ''), 'deadbeef {"n":1,"at":17000');
    };
    await tear();
    const { lastNumber } = await recover(await openFolder(folder));
    // Dies as soon as its first words are on the disk.
    await liveAndDie(lastNumber, 1);
    await tear();
    const again = await recover(await openFolder(folder));
    assert.ok(again.lastNumber > lastNumber);
    assert.equal(again.engine.serialize(), twin.upTo(again.lastNumber).serialize());
  });
});
