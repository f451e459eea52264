import type { Baresip } from './baresip.ts';
import type { Caller } from './caller.ts';
import type { Line, Person } from './company.ts';
import { eventually } from './eventually.ts';
import type { House } from './house.ts';
import { type LiveCall, liveCallFrom } from './records.ts';
import type { Stage } from './stage.ts';
import { TONES, writeWav } from './tones.ts';

/** What the supervisor says. */
export const SUPERVISOR = TONES.otherAgent;
export interface Floor {
  readonly caller: Caller;
  readonly agent: Baresip;
  readonly agentId: string;
  readonly supervisor: Baresip;
  readonly boss: Person;
  readonly line: Line;
  readonly call: LiveCall;
  /** The path of the call's supervision. */
  readonly path: string;
}

/** An agent speaks with a caller; a supervisor has a phone. */
export async function talking(stage: Stage, house: House): Promise<Floor> {
  const { company, system } = house;
  const line = await company.line();
  const carmen = await company.person(line);
  const boss = await company.person();
  const agent = await house.baresip(stage, carmen, { autoAnswer: true });
  const supervisor = await house.baresip(stage, boss, { toneHz: SUPERVISOR });
  await company.ready(carmen);
  const caller = await house.dial(stage, line.dnis);
  await eventually('they hear each other', () => caller.rtp?.heard.find(TONES.agent, 400));
  const call = await eventually('the call', () => liveCallFrom(system.api, caller.ani));
  const path = `/v1/calls/${call.id}/supervision`;
  return { caller, agent, agentId: carmen.id, supervisor, boss, line, call, path };
}

/** For a phone that is to say nothing. */
export function silence(stage: Stage): string {
  const path = stage.evidence.file('silence.wav');
  writeWav(path, new Int16Array(8_000 * 60));
  return path;
}

/** How long the phone has heard it in its latest call. */
export const msOf = (phone: Baresip, tone: number) => phone.heard().totalMs(tone);
