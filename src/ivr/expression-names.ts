import type { EpochMs } from '../lib/clock.ts';
import { dayOf, localTime } from '../lib/zone.ts';
import type { CallContext } from '../model/call.ts';
import type { Moment } from './moment.ts';

/** What an expression is evaluated in: a turn of a call's flow is one. */
export interface Scope extends Moment {
  readonly context: CallContext;
}

/** A name that expressions know. */
export interface ExpressionName {
  readonly name: string;
  /** In CEL's words. */
  readonly type: string;
  readonly description: string;
  read(scope: Scope): unknown;
}

/** A text that is not known is the empty text: `name == ""` asks for it. */
const text = (
  name: string,
  description: string,
  read: (context: CallContext) => string | undefined,
): ExpressionName => ({
  name,
  type: 'string',
  description,
  read: ({ context }) => read(context) ?? '',
});

/** Everything that an expression may name; docs/flows.md shows it to authors. */
export const EXPRESSION_NAMES: readonly ExpressionName[] = [
  text('status', 'vip, customer, prospect, blocked or unknown', (context) => context.status),
  text('intent', 'What the caller wants', (context) => context.intent),
  text('language', 'es-ES, es-MX, en …', (context) => context.language),
  text('name', 'Of the contact', (context) => context.name),
  text('ani', 'The number that calls, E.164', (context) => context.ani),
  text('dnis', 'The number that was called', (context) => context.dnis),
  {
    name: 'today',
    type: 'string',
    description: 'The day at the site, as 2026-11-23',
    read: ({ now, world }) => dayOf(world.zone, now),
  },
  {
    name: 'time',
    type: 'string',
    description: 'The time at the site, as 09:05',
    read: ({ now, world }) => wallClock(world.zone, now),
  },
  {
    name: 'variables',
    type: 'map<string, string>',
    description: 'What the flow has learnt; all of them texts',
    // As a Map, no variable's name (`constructor`) can be taken for a part of an object.
    read: ({ context }) => new Map(Object.entries(context.variables)),
  },
];

function wallClock(zone: string, at: EpochMs): string {
  const { hour, minute } = localTime(zone, at);
  return [hour, minute].map((part) => String(part).padStart(2, '0')).join(':');
}
