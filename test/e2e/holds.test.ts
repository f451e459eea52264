import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { PhoneBox } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import { eventually, pause } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { music } from '../support/music.ts';
import { scene } from '../support/stage.ts';
import { ALL_TONES, TONES } from '../support/tones.ts';
import { Desk, deskTalk, eachOther, whoHears } from '../support/voices.ts';

const ANI = '+525555556999';

/** Offers that have crossed are made again, each after a while of its own (RFC 3261 section 14.1). */
async function insists(call: PhoneCall | undefined, direction: 'sendonly' | 'sendrecv') {
  let status = await call?.reoffer(direction);
  while (status === 491) {
    await pause(100 + 400 * Math.random());
    status = await call?.reoffer(direction);
  }
  assert.equal(status, 200);
}

describe('whoever holds while others do something hears them all afterwards', () => {
  const house = sharedHouse('holds');

  scene('both hold, and let go in the same moment', async (stage) => {
    const { company, system } = house();
    const line = await company.line();
    const carmen = await company.person(line);
    const agent = await Desk.open(stage, house(), carmen, TONES.agent);
    await company.ready(carmen);
    const box = await PhoneBox.open(system.sip);
    stage.atTheEnd(() => box.close());
    const customer = await box.dial(line.dnis, { ani: ANI, listenFor: ALL_TONES });
    const caller = { rtp: customer.rtp, tone: TONES.caller };
    await agent.answered();
    await whoHears({ agent, caller }, { agent: ['caller'] });
    for (let times = 0; times < 5; times++)
      for (const direction of ['sendonly', 'sendrecv'] as const) {
        await Promise.all([insists(agent.call, direction), insists(customer, direction)]);
        if (direction === 'sendrecv')
          await whoHears({ agent, caller }, eachOther('agent', 'caller'));
      }
    customer.hangUp();
    await agent.call?.ended;
  });

  scene('the caller holds: passed on meanwhile, and asked about meanwhile', async (stage) => {
    const { agent, caller, colleague, customer, post, luis } = await deskTalk(stage, house());
    await customer.hold();
    await post('consult', { to: { agent: luis.id } });
    await colleague.answered();
    await whoHears({ agent, colleague }, eachOther('agent', 'colleague'));
    await customer.resume();
    await music(customer);
    await post('conference');
    await customer.hold();
    await customer.resume();
    await whoHears(
      { agent, caller, colleague },
      {
        agent: ['caller', 'colleague'],
        caller: ['agent', 'colleague'],
        colleague: ['agent', 'caller'],
      },
    );
    colleague.call?.hangUp();
    await whoHears({ agent, caller }, eachOther('agent', 'caller'));
    await customer.hold();
    await post('transfer', { to: { agent: luis.id } });
    await colleague.answered(2);
    await eventually('the agent is let go', () => agent.call?.over);
    await customer.resume();
    await whoHears({ caller, colleague }, eachOther('caller', 'colleague'));
    await customer.hangUp();
  });

  scene('the colleague and the agent hold in a conference, one after the other', async (stage) => {
    const { agent, caller, colleague, customer, post, luis } = await deskTalk(stage, house());
    await post('conference', { to: { agent: luis.id } });
    await colleague.answered();
    const all = { agent, caller, colleague };
    const everybody = {
      agent: ['caller', 'colleague'],
      caller: ['agent', 'colleague'],
      colleague: ['agent', 'caller'],
    };
    await whoHears(all, everybody);
    assert.equal(await colleague.call?.reoffer('sendonly'), 200);
    await whoHears(all, { agent: ['caller'], caller: ['agent'] });
    assert.equal(await colleague.call?.reoffer('sendrecv'), 200);
    await whoHears(all, everybody);
    assert.equal(await agent.call?.reoffer('sendonly'), 200);
    await whoHears(all, { colleague: ['caller'], caller: ['colleague'] });
    assert.equal(await agent.call?.reoffer('sendrecv'), 200);
    await whoHears(all, everybody);
    await customer.hangUp();
  });
});
