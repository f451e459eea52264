import assert from 'node:assert/strict';
import { after, describe } from 'node:test';
import { PhoneBox } from '../../demo/phone/phone-box.ts';
import { eventually } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { cdrOf } from '../support/records.ts';
import { type Stage, scene } from '../support/stage.ts';
import { TestTrunk } from '../support/test-trunk.ts';

const ACCOUNT = { user: 'centralita', password: 'secreto-del-trunk' };
/** Another address of this machine, where a provider is. */
const PROVIDER = '127.0.0.2';

describe('ways outside, and in', () => {
  let trunk: TestTrunk;
  const house = sharedHouse('dialling', async () => {
    trunk = await TestTrunk.open(ACCOUNT);
    const { user, password } = ACCOUNT;
    return { env: { TRUNK_URI: trunk.uri, TRUNK_USER: user, TRUNK_PASSWORD: password } };
  });
  after(() => trunk.close());

  const rules = (destinations: object, more = {}) =>
    house().system.api.put('/v1/dialling', {
      ...{ destinations, callsMax: 10, callsPerHourMax: 100, blocked: false, ...more },
    });
  const dials = async (result: string): Promise<number> => {
    const metrics = await house().system.api.text('/metrics');
    const found = metrics.match(
      new RegExp(`centralita_dials_total\\{purpose="transfer",result="${result}"\\} (\\d+)`),
    );
    return Number(found?.[1] ?? 0);
  };
  /** A caller whose flow passes them on to that number; how it went, once they have been hung up on. */
  const passedOn = async (stage: Stage, number: string): Promise<string> => {
    const end = (text: string) => ({ type: 'hangup', prompts: [{ es: text }] });
    const dnis = await house().company.numberOf({
      fuera: {
        type: 'transfer',
        to: { number },
        busy: 'ocupado',
        noAnswer: 'nadie',
        failed: 'nadie',
      },
      ocupado: end('Está ocupado.'),
      nadie: end('No se puede.'),
    });
    const before = trunk.callsTo(number).length;
    const caller = await house().dial(stage, dnis);
    let isOver = false;
    const over = caller.wasHungUp().then(() => {
      isOver = true;
    });
    const call = await eventually(`${number} to be called or not`, () => {
      const [placed] = trunk.callsTo(number).slice(before);
      return placed ?? (isOver ? 'never' : undefined);
    });
    if (call !== 'never') call.refuse(486);
    await over;
    await cdrOf(house().system.api, caller.sipp.callId);
    return call === 'never' ? 'not dialled' : 'dialled';
  };

  scene(
    'so many calls an hour as the rule of their destination allows: the next is refused and counted, until the rules change',
    async (stage) => {
      await rules([
        { to: 'MX', allow: true, callsPerHourMax: 2 },
        { to: '+529', allow: false },
        { to: 'ES', allow: true },
      ]);
      assert.equal(await passedOn(stage, '+525555556001'), 'dialled');
      assert.equal(await passedOn(stage, '+525555556002'), 'dialled');
      assert.equal(await passedOn(stage, '+525555556003'), 'not dialled');
      assert.deepEqual([await dials('busy'), await dials('limit')], [2, 1]);
      for (const forbidden of ['+529001234567', '+34803123456', '+4915112345678', '+34112'])
        assert.equal(await passedOn(stage, forbidden), 'not dialled', forbidden);
      assert.equal(await dials('notAllowed'), 4);
      await rules([{ to: 'MX', allow: true, callsPerHourMax: 3 }]);
      assert.equal(await passedOn(stage, '+525555556003'), 'dialled');
      assert.equal(await passedOn(stage, '+525555556004'), 'not dialled');
      await rules([{ to: 'MX', allow: true }], { blocked: true });
      assert.equal(await passedOn(stage, '+525555556005'), 'not dialled');
      assert.deepEqual(
        [await dials('busy'), await dials('limit'), await dials('notAllowed')],
        [3, 2, 5],
      );
    },
  );

  scene(
    'a provider brings as many calls as it may, and one more is told to wait; nobody else calls in any more',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line();
      await system.api.post('/v1/trunks', {
        ...{ id: 'entrada', name: 'Entrada', uri: `sip:${PROVIDER}:5999`, sources: [PROVIDER] },
        ...{ callsInMax: 1, optionsSeconds: 0 },
      });
      stage.atTheEnd(async () => void (await system.api.delete('/v1/trunks/entrada')));
      const provider = await PhoneBox.open(system.sip, PROVIDER);
      stage.atTheEnd(() => provider.close());
      const stranger = await PhoneBox.open(system.sip);
      stage.atTheEnd(() => stranger.close());
      const ani = '+525555556100';
      const first = await provider.dial(line.dnis, { ani });
      await company.waiting(line, 1);
      await assert.rejects(provider.dial(line.dnis, { ani }), /503/);
      await assert.rejects(stranger.dial(line.dnis, { ani }), /403/);
      const metrics = await system.api.text('/metrics');
      assert.match(metrics, /centralita_calls_turned_away_total\{why="full"\} 1/);
      assert.match(metrics, /centralita_calls_turned_away_total\{why="refused"\} 1/);
      first.hangUp();
      const next = await eventually('room for another', () =>
        provider.dial(line.dnis, { ani }).catch(() => undefined),
      );
      next.hangUp();
    },
  );
});
