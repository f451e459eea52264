import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe } from 'node:test';
import { promisify } from 'node:util';
import type { ApiClient } from '../support/api-client.ts';
import { Centralita } from '../support/centralita.ts';
import { DatabaseLink } from '../support/database-link.ts';
import { eventually, within } from '../support/eventually.ts';
import { FeedClient } from '../support/feed.ts';
import { House } from '../support/house.ts';
import { startTestDatabase } from '../support/postgres.ts';
import { cdrOf, cdrsOf, historyOf } from '../support/records.ts';
import { type Stage, scene } from '../support/stage.ts';
import { TONES } from '../support/tones.ts';

/** One call from the first ring to the last word. */
async function aGoodCall(stage: Stage, house: House): Promise<string> {
  const { company } = house;
  const line = await company.line();
  const carmen = await company.person(line);
  const phone = await house.baresip(stage, carmen);
  await company.ready(carmen);
  const caller = await house.dial(stage, line.dnis);
  await phone.rings();
  await phone.answer();
  await eventually('the caller to hear the agent', () => caller.rtp?.heard.find(TONES.agent, 300));
  await caller.hangUp();
  await phone.event('CALL_CLOSED');
  return caller.sipp.callId;
}

/** What `npm run why` prints. */
async function whyOf(api: ApiClient, callId: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'src/cli/main.ts', 'why', callId, '--zone', 'Europe/Madrid'],
    { env: { ...process.env, CENTRALITA_URL: api.base, ADMIN_API_KEY: api.key } },
  );
  return stdout;
}

async function start(
  stage: Stage,
  options: { dataDir?: string; env?: Record<string, string>; main?: string } = {},
) {
  const system = await Centralita.start({ evidence: stage.evidence, ...options });
  stage.atTheEnd(() => (system.running ? system.kill() : undefined));
  return new House(system);
}

describe('starting, stopping, and what fails meanwhile', () => {
  scene('a second start is quick, keeps all data and takes calls', async (stage) => {
    const first = await start(stage);
    const sipCallId = await aGoodCall(stage, first);
    const { callId } = await cdrOf(first.system.api, sipCallId);
    const before = await historyOf(first.system.api, callId);
    const exit = await first.system.stop();
    assert.equal(exit.code, 0);
    const second = await start(stage, { dataDir: first.system.dataDir });
    stage.context.diagnostic(`ready after ${Math.round(second.system.readyAfterMs)} ms`);
    assert.equal((await cdrOf(second.system.api, sipCallId)).callId, callId);
    assert.deepEqual(await historyOf(second.system.api, callId), before);
    const story = await whyOf(second.system.api, callId);
    assert.match(
      story,
      / call\.queued: /,
      'W6 the journal explains the calls of the process before',
    );
    assert.match(story, / → .+, the only one free by longest-idle; .* \[(agent\.|call\.)/);
    assert.match(story, / call\.ended: /);
    const { items } = await second.system.api.get<{ items: unknown[] }>('/v1/numbers');
    assert.ok(items.length >= 4, 'the example numbers and our own');
    await second.system.stop();
  });

  scene('SIGTERM takes no new call and lets the one in progress end', async (stage) => {
    const house = await start(stage);
    const { company, system } = house;
    const line = await company.line();
    const carmen = await company.person(line);
    const phone = await house.baresip(stage, carmen);
    await company.ready(carmen);
    const caller = await house.dial(stage, line.dnis);
    await phone.rings();
    await phone.answer();
    await eventually('the caller to hear the agent', () =>
      caller.rtp?.heard.find(TONES.agent, 300),
    );
    system.drain();
    const since = performance.now();
    await eventually('the conversation to go on', () =>
      caller.rtp?.heard.find(TONES.agent, 1_000, since),
    );
    assert.equal(caller.hungUp, false);
    await caller.hangUp();
    const { code } = await within('the end of the system', system.exited, 30_000);
    assert.equal(code, 0);
  });

  scene(
    'the thread in front dies in the middle of a call: calls do not notice, clients come back to the same port',
    async (stage) => {
      const house = await start(stage, { main: 'test/support/mortal-house.ts' });
      const { company, system } = house;
      const line = await company.line();
      const [carmen, luis] = [await company.person(line), await company.person(line)];
      const phones = [await house.baresip(stage, carmen), await house.baresip(stage, luis)];
      await company.ready(carmen);
      const first = await house.dial(stage, line.dnis);
      await phones[0]?.rings();
      await phones[0]?.answer();
      await eventually('the caller to hear the agent', () =>
        first.rtp?.heard.find(TONES.agent, 300),
      );
      await company.ready(luis);
      const wallboard = await FeedClient.open(system.api);
      system.killFront();
      assert.equal(await within('the wallboard to be cut off', wallboard.closed), 1006);
      const since = performance.now();
      // Offered, rung and answered while nobody can ask the house anything.
      const second = await house.dial(stage, line.dnis);
      await phones[1]?.rings();
      await phones[1]?.answer();
      await eventually('both to hear their agents', () =>
        [first, second].every(({ rtp }) => rtp?.heard.find(TONES.agent, 300, since)),
      );
      await eventually('the port to be there again', () => system.isReady());
      const said = system.logs.map(({ msg }) => msg);
      assert.ok(said.includes('A part has died') && said.includes('The part lives again'));
      stage.context.diagnostic(`back after ${Math.round(performance.now() - since)} ms`);
      const again = await FeedClient.open(system.api);
      await eventually('the wallboard to see both conversations', () =>
        again.texts.some((text) => text.split('"stage":"talking"').length === 3),
      );
      await first.hangUp();
      await eventually('the wallboard to see the end', () =>
        again.changes.some(({ call }) => call?.stage === 'ended'),
      );
      await second.hangUp();
      assert.equal((await cdrOf(system.api, first.sipp.callId)).outcome, 'answered');
      again.close();
      await system.stop();
    },
  );

  scene(
    'the database goes away in the middle of a call: nobody notices, nothing is lost',
    async (stage) => {
      const database = await startTestDatabase();
      stage.atTheEnd(() => database.stop());
      const url = new URL(database.databaseUrl);
      const link = await DatabaseLink.open({ host: url.hostname, port: Number(url.port || 5432) });
      stage.atTheEnd(() => link.cut());
      url.hostname = '127.0.0.1';
      url.port = String(link.port);
      const house = await start(stage, { env: { DATABASE_URL: url.href } });
      const { company, system } = house;
      const line = await company.line();
      const carmen = await company.person(line);
      const phone = await house.baresip(stage, carmen);
      await company.ready(carmen);
      const first = await house.dial(stage, line.dnis);
      await phone.rings();
      await phone.answer();
      await eventually('the caller to hear the agent', () =>
        first.rtp?.heard.find(TONES.agent, 300),
      );
      await link.cut();
      const since = performance.now();
      await eventually('the conversation to go on', () =>
        first.rtp?.heard.find(TONES.agent, 1_000, since),
      );
      await first.hangUp();
      await phone.event('CALL_CLOSED');
      const second = await house.dial(stage, line.dnis);
      await phone.rings(2);
      await phone.answer();
      await eventually('the second to hear the agent', () =>
        second.rtp?.heard.find(TONES.agent, 300),
      );
      await second.hangUp();
      await link.connect();
      for (const caller of [first, second]) {
        const cdr = await cdrOf(system.api, caller.sipp.callId);
        assert.equal(cdr.outcome, 'answered');
        assert.equal((await cdrsOf(system.api, caller.sipp.callId)).length, 1);
        const steps = await historyOf(system.api, cdr.callId);
        assert.deepEqual(
          steps.map(({ seq }) => seq),
          steps.map((_, index) => index + 1),
        );
      }
      await system.stop();
    },
  );

  scene(
    'the process is killed during calls: each has its record, and new calls work',
    async (stage) => {
      const first = await start(stage);
      const { company } = first;
      const line = await company.line();
      const carmen = await company.person(line);
      const phone = await first.baresip(stage, carmen);
      await company.ready(carmen);
      const talking = await first.dial(stage, line.dnis);
      await phone.rings();
      await phone.answer();
      await eventually('the caller to hear the agent', () =>
        talking.rtp?.heard.find(TONES.agent, 300),
      );
      const waiting = await first.dial(stage, line.dnis);
      await company.waiting(line, 1);
      await first.system.kill();
      await phone.die();
      const second = await start(stage, { dataDir: first.system.dataDir });
      for (const caller of [talking, waiting]) {
        const cdr = await cdrOf(second.system.api, caller.sipp.callId);
        assert.equal(cdr.outcome, 'lost');
        assert.equal((await cdrsOf(second.system.api, caller.sipp.callId)).length, 1);
      }
      const [, ...others] = await cdrsOf(second.system.api, await aGoodCall(stage, second));
      assert.deepEqual(others, []);
      await second.system.stop();
    },
  );

  scene('a bad value stops the start with one line that names it', async (stage) => {
    await assert.rejects(
      start(stage, { env: { HTTP_PORT: 'eighty' } }),
      /ended instead of starting/,
    );
    const log = readdirSync(stage.evidence.path).find((name) => name.startsWith('centralita-'));
    const lines = readFileSync(stage.evidence.file(log ?? ''), 'utf8')
      .trim()
      .split('\n');
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.match(lines[0] ?? '', /^HTTP_PORT: .*"eighty"/);
  });
});
