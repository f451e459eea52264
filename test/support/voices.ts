import assert from 'node:assert/strict';
import { PhoneBox, type Ringing } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import type { RtpPeer } from '../../demo/phone/rtp-peer.ts';
import type { Line, Person } from './company.ts';
import { eventually, pause } from './eventually.ts';
import type { House } from './house.ts';
import { liveCallFrom } from './records.ts';
import type { Stage } from './stage.ts';
import { ALL_TONES, TONES } from './tones.ts';

/** Somebody with a voice of their own, and ears. */
export interface Voice {
  readonly rtp: RtpPeer | undefined;
  readonly tone: number;
}

/** A registered phone that picks up by itself, unless it is told not to, and says what it is told to. */
export class Desk implements Voice {
  readonly person: Person;
  readonly tone: number;
  readonly box: PhoneBox;
  readonly calls: PhoneCall[] = [];
  readonly ringing: Ringing[] = [];
  picksUp = true;

  static async open(stage: Stage, house: House, person: Person, tone: number): Promise<Desk> {
    const box = await PhoneBox.open(house.system.sip);
    const desk = new Desk(box, person, tone);
    stage.atTheEnd(() => box.close());
    const status = await box.register(person, (ringing) => void desk.#rung(ringing));
    assert.equal(status, 200, `${person.user} registers`);
    await house.company.agent(person.id, ({ reachable }) => reachable);
    return desk;
  }

  private constructor(box: PhoneBox, person: Person, tone: number) {
    this.box = box;
    this.person = person;
    this.tone = tone;
  }

  /** Its latest call. */
  get call(): PhoneCall | undefined {
    return this.calls.at(-1);
  }

  get rtp(): RtpPeer | undefined {
    return this.call?.rtp;
  }

  /** The nth call that it has had. */
  answered(nth = 1): Promise<PhoneCall> {
    return eventually(`call ${nth} of ${this.person.user}`, () => this.calls[nth - 1]);
  }

  /** It rings for the nth time. */
  rung(nth = 1): Promise<Ringing> {
    return eventually(`${this.person.user} rings`, () => this.ringing[nth - 1]);
  }

  async pickUp(): Promise<void> {
    const call = await this.ringing.at(-1)?.answer({ listenFor: ALL_TONES });
    if (call) this.calls.push(call);
  }

  async dial(number: string): Promise<PhoneCall> {
    const { user, password } = this.person;
    const call = await this.box.dial(number, {
      ani: user,
      credentials: { user, password },
      listenFor: ALL_TONES,
    });
    this.calls.push(call);
    return call;
  }

  async #rung(ringing: Ringing): Promise<void> {
    this.ringing.push(ringing);
    if (this.picksUp) await this.pickUp();
  }
}

/**
 * A caller speaks with an agent; a colleague is signed in and on a break, and a third person, who is signed in nowhere,
 * has a phone.
 */
export async function deskTalk(
  stage: Stage,
  house: House,
  settings: Parameters<House['company']['line']>[0] = {},
) {
  const { company, system } = house;
  const line: Line = await company.line(settings);
  const [carmen, luis, boss] = [
    await company.person(line),
    await company.person(line),
    await company.person(),
  ];
  const agent = await Desk.open(stage, house, carmen, TONES.agent);
  const colleague = await Desk.open(stage, house, luis, TONES.otherAgent);
  const supervisor = await Desk.open(stage, house, boss, TONES.otherCaller);
  await system.api.post(`/v1/agents/${luis.id}/sign-in`);
  await company.ready(carmen);
  const customer = await house.dial(stage, line.dnis);
  await agent.answered();
  const { id } = await eventually('the call', () => liveCallFrom(system.api, customer.ani));
  const post = (action: string, body: object = {}) =>
    system.api.post<{ id: string }>(`/v1/calls/${id}/${action}`, body);
  const caller: Voice = { rtp: customer.rtp, tone: TONES.caller };
  // A phone that has been answered is joined with the caller a moment later.
  agent.rtp?.play(agent.tone);
  await eventually('the two are joined', () => caller.rtp?.heard.find(agent.tone, 100));
  return { line, carmen, luis, agent, colleague, supervisor, customer, caller, post, id };
}

/** What is under way when somebody begins to speak, or stops, still arrives. */
const SETTLED_MS = 300;
const LISTENED_MS = 400;
const HEARD_MS = 200;

/**
 * Each of them speaks in turn while the others are silent: `speaker` is heard by those of `hearers` and by nobody else of
 * all who are there.
 */
export async function whoHears(
  all: Readonly<Record<string, Voice>>,
  expected: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  for (const [speaker, hearers] of Object.entries(expected)) {
    for (const [name, { rtp, tone }] of Object.entries(all))
      rtp?.play(name === speaker ? tone : undefined);
    const tone = all[speaker]?.tone ?? 0;
    for (const hearer of hearers) {
      const since = performance.now();
      const heard = () => all[hearer]?.rtp?.heard.find(tone, HEARD_MS, since);
      await eventually(`${hearer} hears ${speaker}`, heard, 5_000);
    }
    await pause(SETTLED_MS);
    const since = performance.now();
    await pause(LISTENED_MS);
    for (const [hearer, { rtp }] of Object.entries(all)) {
      if (hearer === speaker || hearers.includes(hearer)) continue;
      const stretch = rtp?.heard.find(tone, 60, since);
      assert.equal(stretch, undefined, `${hearer} hears ${speaker}, and must not`);
    }
  }
}

/** Each of the two hears the other. */
export const eachOther = (one: string, other: string) => ({ [one]: [other], [other]: [one] });
