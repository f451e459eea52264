import { agents } from './agents.ts';
import { announcements } from './announcements.ts';
import { callbacks } from './callbacks.ts';
import { calls } from './calls.ts';
import { casual } from './casual.ts';
import { closing } from './closing.ts';
import { deadlines } from './deadlines.ts';
import { effects } from './effects.ts';
import { failures } from './failures.ts';
import { hands } from './hands.ts';
import { intentions } from './intentions.ts';
import { limits } from './limits.ts';
import { offers } from './offers.ts';
import { order } from './order.ts';
import { overflow } from './overflow.ts';
import { ownCalls } from './own-calls.ts';
import { places } from './places.ts';
import { preferred } from './preferred.ts';
import { presence } from './presence.ts';
import { returns } from './returns.ts';
import { ringing } from './ringing.ts';
import type { MakeRule } from './rule.ts';
import { service } from './service.ts';
import { skills } from './skills.ts';
import { strategies } from './strategies.ts';

/** Every family of rules. A new one is a file and a line here. */
export const RULES: Readonly<Record<string, MakeRule>> = {
  /** C4 to C6: every call ends once, by an outcome that it may have. */
  calls,
  /** S1: what was accepted was done. */
  effects,
  /** O1, O2: one live offer, which ends once. */
  offers,
  /** C7: a call that comes back. */
  returns,
  /** H1 to H6: one conversation, several agents. */
  hands,
  /** V1 to V4: callers who are sent on. */
  overflow,
  /** K7: customers who ring themselves, as their call backs were before each change. */
  ownCalls,
  /** K1 to K9: promises to ring back. */
  callbacks,
  /** C8: a place that is regained. */
  places,
  /** F1 to F5, O5: what a failed offer does to the agent. */
  failures,
  /** A1 to A6: the states of agents. */
  agents,
  /** A3, A4: what agents ask for while they have a call in hand. */
  intentions,
  /** A7 to A9: who is signed out, or in, without saying so. */
  presence,
  /** R3: who belongs to a queue and holds the skills. */
  skills,
  /** R16: an agent who is waited for. */
  preferred,
  /** R18: no more calls at once than a queue may have. */
  limits,
  /** B1 to B6: limits, and casual agents after all others. */
  casual,
  /** R1, R2, R4, R5: order, and nobody idle beside a caller. */
  order,
  /** M1 to M3: several phones for one call. */
  ringing,
  /** R7 to R12: whom a queue's strategy takes. */
  strategies,
  /** C3, EW4 to EW6: what callers hear, and when. */
  announcements,
  /** SL1, B4: the service level, and the need for casual agents. */
  service,
  /** G3: queues that close. */
  closing,
  /** T2, T3: nobody past a deadline. */
  deadlines,
};
