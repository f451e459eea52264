import type { Baresip } from './baresip.ts';
import type { Caller } from './caller.ts';
import type { Person } from './company.ts';
import { eventually } from './eventually.ts';
import type { House } from './house.ts';
import { music } from './music.ts';
import { msOf } from './overheard.ts';
import { liveCallFrom } from './records.ts';
import type { Stage } from './stage.ts';
import { TONES } from './tones.ts';

/** Where a caller may be when something happens to all of them. */
export type Place = 'menu' | 'queue' | 'ringing' | 'bridged' | 'held' | 'conference';

export interface Crowd {
  readonly callers: Readonly<Record<Place, Caller>>;
  /** Of those who are in calls; the one of `ringing` rings. */
  readonly phones: readonly Baresip[];
  readonly agents: readonly Person[];
}

/** A caller in each place that there is, and the agents who have to do with them. */
export async function crowd(stage: Stage, house: House): Promise<Crowd> {
  const [menu, queue, ringing, bridged, held, conference] = await Promise.all([
    inMenu(stage, house),
    inQueue(stage, house),
    ringingFor(stage, house),
    talkingTo(stage, house),
    heldBy(stage, house),
    inConference(stage, house),
  ]);
  const served = [ringing, bridged, held, conference];
  return {
    callers: {
      ...{ menu, queue, ringing: ringing.caller, bridged: bridged.caller },
      ...{ held: held.caller, conference: conference.caller },
    },
    phones: served.flatMap(({ phones }) => phones),
    agents: served.flatMap(({ agents }) => agents),
  };
}

interface Served {
  readonly caller: Caller;
  readonly phones: readonly Baresip[];
  readonly agents: readonly Person[];
}

async function inMenu(stage: Stage, house: House): Promise<Caller> {
  const says = { es: 'Para ventas, pulse uno. Para todo lo demás, pulse dos. Gracias por llamar.' };
  const choices = [{ key: '1', next: 'fin' }];
  const menu = { type: 'menu', prompts: [says], retries: 3, choices, failed: 'fin' };
  const dnis = await house.company.numberOf({ menu, fin: { type: 'hangup' } });
  const caller = await house.dial(stage, dnis);
  await caller.answered();
  return caller;
}

async function inQueue(stage: Stage, house: House): Promise<Caller> {
  const line = await house.company.line();
  const caller = await house.dial(stage, line.dnis);
  await house.company.waiting(line, 1);
  await music(caller);
  return caller;
}

async function ringingFor(stage: Stage, house: House): Promise<Served> {
  const { company } = house;
  const line = await company.line({ ringTimeoutMs: 60_000 });
  const agent = await company.person(line);
  const phone = await house.baresip(stage, agent);
  await company.ready(agent);
  const caller = await house.dial(stage, line.dnis);
  await phone.rings();
  return { caller, phones: [phone], agents: [agent] };
}

async function talkingTo(stage: Stage, house: House): Promise<Served> {
  const { company } = house;
  const line = await company.line();
  const agent = await company.person(line);
  const phone = await house.baresip(stage, agent, { autoAnswer: true });
  await company.ready(agent);
  const caller = await house.dial(stage, line.dnis);
  await eventually('the caller to hear the agent', () => caller.rtp?.heard.find(TONES.agent, 300));
  return { caller, phones: [phone], agents: [agent] };
}

async function heldBy(stage: Stage, house: House): Promise<Served> {
  const served = await talkingTo(stage, house);
  await served.phones[0]?.hold();
  await music(served.caller);
  return served;
}

async function inConference(stage: Stage, house: House): Promise<Served> {
  const { company, system } = house;
  const served = await talkingTo(stage, house);
  const luis = await company.person();
  const his = await house.baresip(stage, luis, { toneHz: TONES.otherAgent, autoAnswer: true });
  await company.agent(luis.id, ({ reachable }) => reachable);
  const call = await eventually('the call', () => liveCallFrom(system.api, served.caller.ani));
  const post = (what: string, body: object) =>
    system.api.post(`/v1/calls/${call.id}/${what}`, body);
  await post('consult', { to: { agent: luis.id } });
  await eventually('the two agents to speak', () => msOf(his, TONES.agent) > 200);
  await post('conference', {});
  const both = TONES.agent + TONES.otherAgent;
  await eventually('the caller to hear both', () => served.caller.rtp?.heard.find(both, 100));
  return { ...served, phones: [...served.phones, his], agents: [...served.agents, luis] };
}
