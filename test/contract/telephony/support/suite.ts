import { after, afterEach, beforeEach } from 'node:test';
import { Desk } from './desk.ts';
import { hangUpTalkers, openPhone, type Phone } from './far-end.ts';
import { openSwitches, type Switches } from './switches.ts';

export interface Suite {
  readonly switches: Switches;
  /** Telephony, and the test in the place of the runtime: forgets what it has heard before each test. */
  readonly desk: Desk;
  /** A caller's. */
  readonly phone: Phone;
}

/** What a file of these tests has for all of its tests. After each, nothing may be left of any call. */
export async function openSuite(): Promise<Suite> {
  const switches = await openSwitches();
  const desk = await Desk.open(switches);
  const phone = await openPhone(switches);
  beforeEach(() => {
    desk.heard.length = 0;
  });
  afterEach(() => desk.nothingLeft());
  after(async () => {
    hangUpTalkers();
    await desk.close();
    await phone.close();
    await switches.close();
  });
  return { switches, desk, phone };
}
