import { normalise } from '../callers/callers.ts';
import { optional } from '../lib/optional.ts';
import type { CallContext } from '../model/call.ts';
import { LANGUAGES } from '../model/contact.ts';
import type { NumberConfig } from '../model/number.ts';
import { CallSession } from './call-session.ts';
import { calendarOf, numberOf } from './directory.ts';
import { isFeatureCode } from './feature-codes.ts';
import type { InboundCall, TelephonyListener } from './ports/index.ts';
import type { DeskPhones } from './talk/desk-phones.ts';
import type { World } from './world.ts';

/** Calls beyond this get 503: what is already here must stay good. */
const CALLS_MAX = 5_000;

/** Says of each new call whether it is wanted, before it is answered. */
export class FrontDoor {
  readonly #world: World;
  readonly #phones: DeskPhones;

  constructor(world: World, phones: DeskPhones) {
    this.#world = world;
    this.#phones = phones;
  }

  arrived(call: InboundCall): ReturnType<TelephonyListener['arrived']> {
    const { sessions, directory, featureFlows } = this.#world;
    if (sessions.size >= CALLS_MAX) return { accept: false, status: 503 };
    const side = call.fromExtension === undefined ? undefined : this.#sideCall(call);
    if (side === 200) return { accept: true };
    if (side !== undefined) return { accept: false, status: side };
    const number = directory && numberOf(directory, call.dnis);
    const isFeature = call.fromExtension !== undefined && isFeatureCode(call.dnis, featureFlows);
    if (!isFeature && !number) return { accept: false, status: 404 };
    this.#welcome(call, number, isFeature);
    return { accept: true };
  }

  /** The status of a call that a phone makes in the midst of another; undefined: it is none. */
  #sideCall(call: InboundCall): number | undefined {
    return this.#world.inbox.ask(() => this.#phones.dials(call));
  }

  /** Who calls is asked for while the call is being answered. */
  #welcome(call: InboundCall, number: NumberConfig | undefined, isFeature: boolean): void {
    const { sessions, directory, clock, history, live, contacts, memory } = this.#world;
    const context: CallContext = {
      ...optional('ani', call.ani && normalise(call.ani, number?.country ?? 'ES')),
      dnis: call.dnis,
      ...optional('country', number?.country),
      ...optional('calendarId', directory && calendarOf(directory, call)),
      status: 'unknown',
      language: number?.language ?? directory?.language ?? LANGUAGES[0],
      variables: {},
    };
    const session = new CallSession(call, context, clock.now());
    session.contact = context.ani ? contacts.byNumber(context.ani) : undefined;
    session.recentCalls = context.ani ? memory.recentCalls(context.ani) : undefined;
    sessions.set(session.id, session);
    history.stage(session, 'call.arrived', {
      dnis: call.dnis,
      ...(isFeature ? { feature: true } : optional('flowId', number?.flowId)),
      ...optional('ani', context.ani),
      ...optional('trunk', call.trunkId),
    });
    live.call(session);
  }
}
