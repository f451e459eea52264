import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { DayFigures } from '../../../src/planning/tally.ts';
import type { WhatIf } from '../../../src/planning/whatif.ts';
import { startTestStore, type TestStore } from '../../support/postgres.ts';
import { recordSimulatedDay } from '../../support/simulated-day.ts';
import { agent, queue } from '../../unit/acd/desk.ts';

const run = promisify(execFile);
const FROM = Date.UTC(2026, 10, 20, 8);
const queues = [queue('soporte', { wrapUpMs: 20_000 }), queue('ventas')];
const agents = Array.from({ length: 8 }, (_, n) => agent(`10${n}`, ['ventas', 'soporte']));
let house: TestStore;
let figures: DayFigures;
let files = 0;

before(async () => {
  house = await startTestStore();
  const { store } = house;
  const changed = await store.admin.changes.change(
    async (repositories) => {
      for (const one of queues) await repositories.queues.create(one);
      for (const one of agents) await repositories.agents.create(one);
      return { ok: true, value: undefined };
    },
    async () => [],
  );
  assert.ok(changed.ok);
  figures = recordSimulatedDay(
    {
      queues,
      agents,
      from: FROM,
      calls: 900,
      betweenMs: 25_000,
      patienceMs: 150_000,
      talkMs: 160_000,
      seed: 11,
    },
    store.records,
  );
  await store.records.flush();
});
after(() => house.stop());

async function cli(script: string, ...args: readonly string[]): Promise<string> {
  const { databaseUrl, dataDir } = house.database;
  const { stdout } = await run(
    process.execPath,
    ['--import', 'tsx', `scripts/planning/${script}.ts`, ...args],
    {
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        DATA_DIR: dataDir,
        TIME_ZONE: 'Europe/Madrid',
      },
    },
  );
  return stdout;
}

async function changedConfig(text: string): Promise<string> {
  const file = join(house.database.dataDir, `changed-${++files}.yaml`);
  await writeFile(file, text);
  return file;
}

const near = (a: number, b: number, tolerance: number, what: string): void =>
  assert.ok(Math.abs(a - b) <= tolerance, `${what}: ${a} and ${b}`);

describe('what if, of a day in the database', () => {
  it('the record is what happened, the replay comes close, and fewer agents make it worse', async () => {
    const config = await changedConfig('removeAgents: ["100", "101"]\n');
    const json = await cli('whatif', '--day', '2026-11-20', '--config', config, '--json');
    const { calls, recorded, replayed, changed } = JSON.parse(json) as WhatIf;
    assert.equal(calls, 900);
    assert.equal(recorded.total.offered, figures.total.offered);
    assert.equal(recorded.total.answered, figures.total.answered);
    assert.equal(recorded.total.shortAbandons, figures.total.shortAbandons);
    near(recorded.total.serviceLevel, figures.total.serviceLevel, 1e-9, 'recorded service level');
    near(recorded.agents.occupancy, figures.agents.occupancy, 0.01, 'recorded occupancy');
    near(replayed.total.serviceLevel, recorded.total.serviceLevel, 0.06, 'service level');
    near(replayed.total.abandonment, recorded.total.abandonment, 0.04, 'abandonment');
    near(replayed.agents.occupancy, recorded.agents.occupancy, 0.03, 'occupancy');
    near(replayed.agents.staffedMs / recorded.agents.staffedMs, 1, 0.02, 'staffed time');
    assert.ok(changed.total.serviceLevel < replayed.total.serviceLevel - 0.1);
    assert.ok(changed.total.abandonment > replayed.total.abandonment);
  });

  it('prints the three side by side, queue by queue', async () => {
    const config = await changedConfig('queues: [{ id: soporte, wrapUpMs: 0 }]\n');
    const text = await cli('whatif', '--day', '2026-11-20', '--config', config);
    assert.match(text, /recorded +today +changed/);
    for (const word of ['all queues', 'ventas', 'soporte', 'occupancy', 'by casual agents']) {
      assert.ok(text.includes(word), `${word} in ${text}`);
    }
  });

  it('says in sentences what cannot be', async () => {
    const wrong = await changedConfig('queues: [{ id: soporte, wrapUp: 0 }]\n');
    const failing = [
      [['--day', '2026-11-20', '--config', wrong], /no field "wrapUp"/],
      [
        [
          '--day',
          '2026-11-20',
          '--config',
          await changedConfig('queues: [{ id: soporte, wrapUpMs: -1 }]'),
        ],
        /queues\[0\] \(soporte\) wrapUpMs: must be >= 0/,
      ],
      [
        ['--day', '2025-01-01', '--config', await changedConfig('{}')],
        /no calls in queues on 2025-01-01/,
      ],
      [
        [
          '--day',
          '2026-11-20',
          '--config',
          await changedConfig('agents: [{ id: "100", queueIds: no }]'),
        ],
        /agents\[0\] \(100\) queueIds: must be array/,
      ],
      [['--day', 'yesterday', '--config', wrong], /--day takes/],
      [['--day', '2026-11-31', '--config', wrong], /--day takes/],
      [['--day', '2026-11-20'], /--config is needed/],
    ] as const;
    for (const [args, message] of failing) {
      await assert.rejects(cli('whatif', ...args), { stderr: message });
    }
  });
});

describe('forecast, from the same history', () => {
  it('asks for about as many agents as there were, by the clock of the place', async () => {
    const json = await cli(
      'forecast',
      ...['--from', '2026-11-20', '--to', '2026-11-21', '--interval', '1h'],
      ...['--simulated-calls', '1000', '--json'],
    );
    const rows = JSON.parse(json) as { label: string; calls: number; patience: number }[];
    assert.equal(rows[0]?.label, '09:00');
    near(
      rows.reduce((sum, { calls }) => sum + calls, 0),
      900,
      1e-6,
      'calls',
    );
    near(rows[0]?.patience ?? 0, 150, 30, 'patience');
  });
});
