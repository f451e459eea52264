import assert from 'node:assert/strict';
import { it } from 'node:test';
import { flowId } from '../../../src/model/ids.ts';
import { settled, TestFloor } from '../../support/floor.ts';

const version = (farewell: string) => ({
  name: 'Versiones',
  languages: ['es-MX'],
  start: 'menu',
  nodes: {
    menu: {
      type: 'menu',
      prompts: [{ es: 'Marque uno' }],
      choices: [{ key: '1', next: 'fin' }],
      failed: 'fin',
    },
    fin: { type: 'hangup', prompts: [{ es: farewell }] },
  },
});

it('a caller in a menu keeps the version that the call began with; the next one gets the new one', async () => {
  const floor = await TestFloor.open();
  const publish = async (number: number, farewell: string) => {
    const document = version(farewell);
    const flows = [{ id: flowId('v'), version: number, document }];
    const numbers = floor.configuration.numbers.map((one) => ({ ...one, flowId: flowId('v') }));
    floor.configuration = { ...floor.configuration, flows, numbers };
    assert.deepEqual(await floor.center.reload(), []);
  };
  await publish(1, 'Adiós, uno');
  const early = await floor.call('temprana');
  await publish(2, 'Adiós, dos');
  const late = await floor.call('tardía');
  for (const leg of [early, late]) floor.center.digit(leg.callId, '1');
  await settled();
  assert.deepEqual([early.played.at(-1), late.played.at(-1)], ['Adiós, uno', 'Adiós, dos']);
});
