import type { CallRecords, WrapUp } from '../../src/facts/call-facts.ts';
import type { AgentStateKind, AgentStateRecord } from '../../src/model/agent.ts';
import type { CallEvent } from '../../src/model/call.ts';
import { agentId, callId } from '../../src/model/ids.ts';

const DAY = Date.UTC(2026, 10, 20);

/** A time of 20 November 2026, UTC: `09:00` or `09:00:30`. Hours beyond 24 are those of the next day. */
export function at(clock: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  return DAY + ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}

export type Step = readonly [clock: string, type: string, data?: Readonly<Record<string, unknown>>];

/** A call as a test writes it down, by the clock. */
export function call(
  id: string,
  told: {
    readonly steps: readonly Step[];
    readonly wrapUps?: readonly WrapUp[];
    readonly cdr?: CallRecords['cdr'];
  },
): CallRecords {
  const events = told.steps.map(
    ([clock, type, data = {}], index): CallEvent => ({
      callId: callId(id),
      seq: index + 1,
      at: at(clock),
      type,
      data,
    }),
  );
  return {
    callId: id,
    events,
    wrapUps: told.wrapUps ?? [],
    ...(told.cdr ? { cdr: told.cdr } : {}),
  };
}

export const states = (
  id: string,
  steps: readonly (readonly [
    clock: string,
    kind: AgentStateKind,
    more?: Partial<AgentStateRecord>,
  ])[],
): readonly AgentStateRecord[] =>
  steps.map(([clock, kind, more = {}], index) => ({
    agentId: agentId(id),
    at: at(clock),
    seq: index + 1,
    kind,
    ...more,
  })) as readonly AgentStateRecord[];

/*
 * A Friday morning, worked out by hand. Queue `ventas` aims at 20 s, short abandons are those within 5 s.
 *
 *  call  09:          what                                               wait   talk  hold  ACW
 *  a     00:00 in,    1001 answers 00:10, ends 03:10, on hold 30 s        10 s  150 s  30 s  20 s
 *  b     01:00 in,    1001 busy talking; 1002 answers 01:30, ends 05:30   30 s  240 s   –    40 s
 *  c     02:00 in,    hangs up 02:03                                       3 s   short abandon
 *  d     02:00 in,    hangs up 02:45                                      45 s   abandon
 *  e     14:50 in,    1001 answers 15:05, ends 31:05                      15 s  960 s   –    10 s
 *  f     14:55 hears the flow and hangs up in it
 */
export const calls: readonly CallRecords[] = [
  call('a', {
    wrapUps: [{ agentId: '1001', from: at('09:03:10'), to: at('09:03:30') }],
    steps: [
      ['09:00:00', 'call.arrived', { dnis: '800', flowId: 'principal' }],
      [
        '09:00:00',
        'call.queued',
        { queueId: 'ventas', requiredSkills: { ventas: 3 }, serviceLevelMs: 20_000 },
      ],
      ['09:00:02', 'offer.made', { offerId: 'a1', agentId: '1001', queueId: 'ventas' }],
      ['09:00:10', 'call.connected', { offerId: 'a1', agentId: '1001', queueId: 'ventas' }],
      ['09:01:00', 'call.held', { agentId: '1001' }],
      ['09:01:30', 'call.retrieved', { agentId: '1001' }],
      ['09:03:10', 'call.ended', { agentId: '1001', queueId: 'ventas', talkMs: 180_000 }],
      ['09:03:10', 'call.finished', { outcome: 'answered' }],
    ],
  }),
  call('b', {
    wrapUps: [{ agentId: '1002', from: at('09:05:30'), to: at('09:06:10') }],
    steps: [
      ['09:01:00', 'call.arrived', { dnis: '800', flowId: 'principal' }],
      [
        '09:01:00',
        'call.queued',
        { queueId: 'ventas', requiredSkills: {}, serviceLevelMs: 20_000 },
      ],
      ['09:01:00', 'offer.made', { offerId: 'b1', agentId: '1003', queueId: 'ventas' }],
      ['09:01:20', 'offer.withdrawn', { offerId: 'b1', agentId: '1003', why: 'noAnswer' }],
      ['09:01:20', 'offer.made', { offerId: 'b2', agentId: '1002', queueId: 'ventas' }],
      ['09:01:30', 'call.connected', { offerId: 'b2', agentId: '1002', queueId: 'ventas' }],
      ['09:05:30', 'call.ended', { agentId: '1002', queueId: 'ventas' }],
      ['09:05:30', 'call.finished', { outcome: 'answered' }],
    ],
  }),
  call('c', {
    steps: [
      ['09:02:00', 'call.arrived', { dnis: '800', flowId: 'principal' }],
      ['09:02:00', 'call.queued', { queueId: 'ventas', serviceLevelMs: 20_000 }],
      ['09:02:03', 'call.left', { queueId: 'ventas', outcome: 'shortAbandon' }],
      ['09:02:03', 'call.finished', { outcome: 'shortAbandon' }],
    ],
  }),
  call('d', {
    steps: [
      ['09:02:00', 'call.arrived', { dnis: '900', flowId: 'vip' }],
      ['09:02:00', 'call.queued', { queueId: 'ventas', serviceLevelMs: 20_000 }],
      ['09:02:45', 'call.left', { queueId: 'ventas', outcome: 'abandoned' }],
      ['09:02:45', 'call.finished', { outcome: 'abandoned' }],
    ],
  }),
  call('e', {
    wrapUps: [{ agentId: '1001', from: at('09:31:05'), to: at('09:31:15') }],
    steps: [
      ['09:14:50', 'call.arrived', { dnis: '800', flowId: 'principal' }],
      [
        '09:14:50',
        'call.queued',
        { queueId: 'ventas', requiredSkills: { ventas: 3 }, serviceLevelMs: 20_000 },
      ],
      ['09:15:00', 'offer.made', { offerId: 'e1', agentId: '1001', queueId: 'ventas' }],
      ['09:15:05', 'call.connected', { offerId: 'e1', agentId: '1001', queueId: 'ventas' }],
      ['09:31:05', 'call.ended', { agentId: '1001', queueId: 'ventas' }],
      ['09:31:05', 'call.finished', { outcome: 'answered' }],
    ],
  }),
  call('f', {
    steps: [
      ['09:14:55', 'call.arrived', { dnis: '800', flowId: 'principal' }],
      ['09:15:10', 'call.finished', { outcome: 'leftInFlow' }],
    ],
  }),
];
