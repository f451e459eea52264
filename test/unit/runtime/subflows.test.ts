import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flowId } from '../../../src/model/ids.ts';
import type { FlowDocument } from '../../../src/runtime/ports/index.ts';
import { settled, TestFloor } from '../../support/floor.ts';

const flow = (id: string, nodes: object): FlowDocument => ({
  id: flowId(id),
  version: 1,
  document: { name: id, languages: ['es-MX', 'es-ES', 'en'], start: Object.keys(nodes)[0], nodes },
});
const say = (es: string): object => ({ es, en: es });

/** The number's flow goes into another one, which asks, and says its name afterwards. */
const outer = flow('principal', {
  quien: { type: 'subflow', flow: 'preguntar', next: 'fin' },
  fin: { type: 'hangup', prompts: [say('Fin')] },
});
const inner = (name: string): FlowDocument =>
  flow('preguntar', {
    menu: {
      type: 'menu',
      prompts: [say('Marque')],
      choices: [{ key: '1', next: 'gracias' }],
      failed: 'volver',
    },
    gracias: { type: 'play', prompts: [say(name)], next: 'volver' },
    volver: { type: 'return' },
  });

async function reload(floor: TestFloor, ...flows: FlowDocument[]): Promise<readonly string[]> {
  const { configuration } = floor;
  const others = configuration.flows.filter(({ id }) => !flows.some((one) => one.id === id));
  floor.configuration = { ...configuration, flows: [...others, ...flows] };
  return floor.center.reload();
}

test('V2 a call keeps the versions that it began with, of the flows within its flow too', async () => {
  const floor = await TestFloor.open();
  assert.deepEqual(await reload(floor, outer, inner('Primera')), []);
  const before = await floor.call('c1');
  await floor.playOut(before);
  assert.deepEqual(await reload(floor, outer, inner('Segunda')), []);
  const after = await floor.call('c2');
  await floor.playOut(after);
  for (const leg of [before, after]) floor.center.digit(leg.callId, '1');
  await settled();
  assert.deepEqual(
    [before.played, after.played],
    [
      ['Marque', 'Primera'],
      ['Marque', 'Segunda'],
    ],
  );
  await floor.playOut(before);
  assert.equal(before.played.at(-1), 'Fin');
  await floor.playOut(before);
  assert.ok(before.hungUp);
  assert.deepEqual(floor.broken, []);
});

test('V2 a flow that others go into can neither be removed nor be made to call them', async () => {
  const floor = await TestFloor.open();
  assert.deepEqual(await reload(floor, outer), [
    'flow principal: nodes.quien.flow: there is no flow preguntar',
  ]);
  const circle = flow('preguntar', {
    otra: { type: 'subflow', flow: 'principal', next: 'volver' },
    volver: { type: 'return' },
  });
  assert.match((await reload(floor, outer, circle)).join(), /flows that call each other/);
});
