import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type Srf from 'drachtio-srf';
import { ManualClock } from '../../../src/lib/clock.ts';
import { CENSUS_MS, Census } from '../../../src/telephony/census.ts';
import { keepSession, sessionHeaders } from '../../../src/telephony/session-keeper.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a census of channels', () => {
  function census(there: Map<string, string>, ours: Set<string>, between = new Set<string>()) {
    const clock = new ManualClock(0);
    const asked: string[] = [];
    const found: string[] = [];
    const one = new Census({
      clock,
      owner: 'us',
      async api(command) {
        asked.push(command);
        if (command === 'show channels count') return `\n${there.size} total.\n`;
        const rows = [...there].map(([uuid, cid_name]) => ({ uuid, cid_name }));
        if (command === 'show channels as json')
          return JSON.stringify({ row_count: there.size, rows });
        const killed = /^uuid_kill (\S+)/.exec(command)?.[1];
        return killed && there.delete(killed) ? '+OK\n' : '-ERR No such channel!\n';
      },
      ours: () => ours,
      inBetween: () => between,
      missing: (uuid) => {
        ours.delete(uuid);
        found.push(`missing ${uuid}`);
      },
      zombie: (uuid) => found.push(`zombie ${uuid}`),
    });
    one.start();
    const round = async (): Promise<void> => {
      clock.advance(CENSUS_MS);
      for (let turn = 0; turn < 5; turn += 1) await settled();
    };
    return { asked, found, round, one };
  }

  test('as long as the numbers agree only the number is asked for', async () => {
    const { asked, found, round } = census(new Map([['a', 'us']]), new Set(['a']));
    for (let index = 0; index < 10; index += 1) await round();
    assert.deepEqual(new Set(asked), new Set(['show channels count']));
    assert.deepEqual(found, []);
  });

  test('a channel of ours that nobody knows is ended in the second round, and no other', async () => {
    const there = new Map([
      ['a', 'us'],
      ['zombie', 'us'],
      ['another application', 'them'],
    ]);
    const { asked, found, round } = census(there, new Set(['a']));
    await round();
    assert.deepEqual(found, [], 'it may just have been made');
    await round();
    await round();
    assert.deepEqual(found, ['zombie zombie']);
    assert.deepEqual([...there.keys()], ['a', 'another application']);
    assert.ok(asked.includes('uuid_kill zombie'));
  });

  test('a channel that the media server does not have any more is given up', async () => {
    const { found, round } = census(new Map(), new Set(['a']));
    await round();
    await round();
    await round();
    assert.deepEqual(found, ['missing a']);
  });

  test('one too many does not hide one too few for ever, and what is being made is left alone', async () => {
    const between = new Set(['new']);
    const there = new Map([
      ['zombie', 'us'],
      ['new', 'us'],
    ]);
    const { found, round } = census(there, new Set(['gone', 'other']), between);
    for (let index = 0; index < 14; index += 1) await round();
    assert.deepEqual(found.sort(), ['missing gone', 'missing other', 'zombie zombie']);
  });
});

describe('session timers', () => {
  type Answer = { readonly status: number; readonly body?: string } | 'silence';
  function dialog(allow: string | undefined, answer: () => Answer) {
    const sent: string[] = [];
    const message = { has: () => allow !== undefined, get: () => allow };
    const request = (
      options: { readonly method: string },
      done: (error: unknown, response?: unknown) => void,
    ): void => {
      sent.push(options.method);
      const given = answer();
      if (given !== 'silence') done(null, { body: 'v=0', ...given });
    };
    const parts = { type: 'uac', res: message, local: { sdp: 'v=0' }, remote: { sdp: '' } };
    return { sent, one: { ...parts, request } as unknown as Srf.Dialog };
  }

  async function kept(allow: string | undefined, answers: readonly Answer[], rounds: number) {
    const clock = new ManualClock(0);
    const left = [...answers];
    const { sent, one } = dialog(allow, () => left.shift() ?? { status: 200 });
    let dead = 0;
    const { stop, doubt } = keepSession(one, { clock, sessionSeconds: 100 }, () => {
      dead += 1;
    });
    for (let index = 0; index < rounds; index += 1) {
      clock.advance(40_000);
      await settled();
    }
    return { sent, dead: () => dead, stop, doubt, clock };
  }

  test('a far end that takes UPDATE gets one, another the same offer again', async () => {
    assert.deepEqual((await kept('INVITE, UPDATE', [], 2)).sent, ['UPDATE', 'UPDATE']);
    assert.deepEqual((await kept('INVITE, BYE', [], 2)).sent, ['INVITE', 'INVITE']);
    assert.deepEqual((await kept(undefined, [], 1)).sent, ['INVITE']);
  });

  test('glare and refusals are signs of life; no such dialog is not', async () => {
    const alive = await kept('UPDATE', [{ status: 491 }, { status: 500 }, { status: 405 }], 4);
    assert.equal(alive.dead(), 0);
    assert.equal(alive.sent.length, 4);
    for (const status of [404, 410, 481]) {
      const gone = await kept('UPDATE', [{ status }], 3);
      assert.equal(gone.dead(), 1, `${status}`);
      assert.equal(gone.sent.length, 1, 'and then it is left alone');
    }
  });

  test('silence ends it in time, and whoever stops is told nothing', async () => {
    const silent = await kept('UPDATE', ['silence'], 1);
    assert.equal(silent.dead(), 0);
    silent.clock.advance(32_000);
    await settled();
    assert.equal(silent.dead(), 1);
    const stopped = await kept('UPDATE', ['silence'], 1);
    stopped.stop();
    stopped.clock.advance(100_000);
    await settled();
    assert.equal(stopped.dead(), 0);
  });

  test('one that is doubted is asked at once, and twice if nobody listens there', async () => {
    const { doubt, clock, sent, dead } = await kept(
      'UPDATE',
      [{ status: 503 }, { status: 503 }],
      0,
    );
    doubt();
    doubt();
    await settled();
    assert.equal(sent.length, 1);
    assert.equal(dead(), 0);
    clock.advance(1_000);
    await settled();
    assert.equal(dead(), 1);
    const alive = await kept('UPDATE', [], 0);
    alive.doubt();
    await settled();
    alive.clock.advance(39_999);
    await settled();
    assert.deepEqual([alive.sent.length, alive.dead()], [1, 0]);
  });

  test('an INVITE says how long, and nothing when it is for ever', () => {
    const clock = new ManualClock(0);
    assert.equal(sessionHeaders({ clock, sessionSeconds: 1_800 })['Session-Expires'], '1800');
    assert.deepEqual(sessionHeaders({ clock, sessionSeconds: 0 }), {});
  });
});
