import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { Centralita } from '../support/centralita.ts';
import { eventually } from '../support/eventually.ts';
import { House } from '../support/house.ts';
import { cdrOf, cdrsOf } from '../support/records.ts';
import { type Stage, scene } from '../support/stage.ts';
import { TONES } from '../support/tones.ts';

const CHUNK = Buffer.alloc(65_536);

const mount = (folder: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=300m', 'tmpfs', folder]).status === 0;
const unmount = (folder: string): void => void spawnSync('umount', ['-l', folder]);

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'centralita-disk-'));
  const mounted = mount(folder);
  if (mounted) unmount(folder);
  rmSync(folder, { recursive: true });
  return mounted;
}

/** A disk of 300 MB. */
function smallDisk(stage: Stage) {
  const folder = stage.evidence.folder('disk');
  assert.ok(mount(folder));
  stage.atTheEnd(() => unmount(folder));
  const filler = `${folder}/filler`;
  return {
    folder,
    /** Until nothing more goes there. */
    fill() {
      const file = openSync(filler, 'a');
      try {
        for (;;) writeSync(file, CHUNK);
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
      } finally {
        closeSync(file);
      }
    },
    clear: () => rmSync(filler),
  };
}

interface Readiness {
  readonly status: string;
  readonly checks: readonly { readonly name: string; readonly detail?: string }[];
}

/** Two starts and four conversations. */
const limitMs = 180_000;

describe('a full disk', () => {
  const title = 'calls go on, and all of them are in the records when there is room';
  scene(
    title,
    async (stage) => {
      const disk = smallDisk(stage);
      const start = async () => {
        const dataDir = `${disk.folder}/data`;
        const system = await Centralita.start({ evidence: stage.evidence, dataDir });
        stage.atTheEnd(() => (system.running ? system.kill() : undefined));
        return system;
      };
      const house = new House(await start());
      const { company, system } = house;
      const line = await company.line();
      const carmen = await company.person(line);
      const phone = await house.baresip(stage, carmen);
      await company.ready(carmen);
      const made: string[] = [];
      const call = async () => {
        const caller = await house.dial(stage, line.dnis);
        made.push(caller.sipp.callId);
        await phone.rings(made.length);
        await phone.answer();
        await eventually('two to hear each other', () => caller.rtp?.heard.find(TONES.agent, 300));
        await caller.hangUp();
        await phone.event('CALL_CLOSED', made.length);
      };
      await call();
      disk.fill();
      await call();
      await call();
      // No one is to restart it now, nor to send its callers elsewhere.
      const { status, checks } = await system.api.get<Readiness>('/readyz');
      const said = checks.find(({ name }) => name === 'journal')?.detail ?? '';
      assert.deepEqual(
        [status, /bytes .* are in memory only/.test(said)],
        ['degraded', true],
        said,
      );
      const measures = await system.api.text('/metrics');
      assert.match(measures, /^centralita_disk_refuses\{what="journal"\} 1$/m);
      disk.clear();
      for (const id of made) await cdrOf(system.api, id);
      await call();
      await cdrOf(system.api, made.at(-1) ?? '');
      await system.kill();
      const again = await start();
      for (const id of made) {
        const outcomes = (await cdrsOf(again.api, id)).map(({ outcome }) => outcome);
        assert.deepEqual(outcomes, ['answered']);
      }
      assert.equal((await again.stop()).code, 0);
    },
    { limitMs, skip: !mayMount() && 'this user may mount no disk' },
  );
});
