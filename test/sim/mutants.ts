import type { Change } from '../../src/acd/changes.ts';
import type { Command } from '../../src/acd/commands.ts';
import { type Applied, Engine } from '../../src/acd/engine.ts';
import { type CallId, callId } from '../../src/model/ids.ts';
import type { QueueConfig, Strategy } from '../../src/model/queue.ts';
import type { EngineMaker, SimulatedEngine } from './run.ts';

/** An engine with one mistake, and the rule whose judge must notice it. */
export interface Mutant {
  readonly name: string;
  /** Numbers of SPEC.md: on some day, the sentence of one of them is the first. */
  readonly rules: readonly string[];
  /** The promise of SPEC.md that such an engine would break. */
  readonly promise?: string;
  readonly maker: EngineMaker;
}

interface Mistakes {
  /** What the engine reads on the clock instead. */
  readonly reads?: (now: number) => number;
  /** What the engine hears instead. */
  readonly hears?: (command: Command) => Command;
  /** What it says instead. */
  readonly says?: (changes: readonly Change[]) => readonly Change[];
  /** What it does unasked, before it does what it heard. */
  readonly first?: (command: Command) => Command | undefined;
  /** What it remembers instead, after a restart. */
  readonly remembers?: (text: string) => string;
}

/** The real engine behind its mistakes; what it thinks of itself is not asked. */
function broken({
  reads = same,
  hears = same,
  says = same,
  first = () => undefined,
  remembers = same,
}: Mistakes): EngineMaker {
  const wrap = (engine: Engine): SimulatedEngine => ({
    apply(now, command): Applied {
      const unasked = first(command);
      const before = unasked ? engine.apply(reads(now), unasked).changes : [];
      const { reply, changes } = engine.apply(reads(now), hears(command));
      return { reply, changes: says([...before, ...changes]) };
    },
    nextDeadline: () => engine.nextDeadline(),
    serialize: () => engine.serialize(),
    brokenInvariants: () => [],
  });
  return {
    create: () => wrap(Engine.create()),
    restore: (text) => wrap(Engine.restore(remembers(text))),
  };
}

const same = <T>(value: T): T => value;

const without =
  (type: Change['type'], which: (change: Change) => boolean = () => true) =>
  (changes: readonly Change[]): readonly Change[] =>
    changes.filter((change) => change.type !== type || !which(change));

const withQueues =
  (change: (queue: QueueConfig) => Partial<QueueConfig>) =>
  (command: Command): Command =>
    command.type === 'configure'
      ? { ...command, queues: command.queues.map((queue) => ({ ...queue, ...change(queue) })) }
      : command;

/** Calls whose number ends in 7: some, the same ones every time. */
const isSeventh = (change: Change): boolean => 'callId' in change && change.callId.endsWith('7');

const otherCall = (id: CallId): CallId => callId(`c${Number(id.slice(1)) ^ 1}`);

const isRungInVain = (change: Change): boolean =>
  change.type === 'offer.failed' ||
  (change.type === 'offer.withdrawn' && change.why !== 'agentLeft');

const withoutBreak = (change: Change): Change =>
  change.type === 'agent.changed' && change.to.kind === 'notReady' && change.to.reason !== 'rna'
    ? { ...change, to: { kind: 'ready', since: change.to.since } }
    : change;

const withoutReason = (change: Change): Change => {
  if (change.type !== 'announcement.due' || !change.ewt?.reason) return change;
  const { lowMs, highMs } = change.ewt;
  return { ...change, ewt: { lowMs, highMs } };
};

const resumedIfMerged = (change: Change): Change =>
  change.type === 'callback.ended' && change.outcome === 'merged'
    ? { ...change, type: 'callback.resumed', notBefore: Number.MAX_SAFE_INTEGER }
    : change;

/** The agent who accepted is sent away instead. */
function withoutOwnCall(changes: readonly Change[]): readonly Change[] {
  const own = changes.find((change) => change.type === 'callback.paused');
  const had = changes.find(
    (change) => change.type === 'call.connected' && change.callId === own?.callId,
  );
  if (own?.type !== 'callback.paused' || had?.type !== 'call.connected') return changes;
  const { offerId, agentId } = had;
  const callId = own.callbackId as string as CallId;
  const sentAway = {
    type: 'offer.withdrawn',
    offerId,
    callId,
    agentId,
    why: 'callerLeft',
  } as const;
  return changes.map((change) => {
    if (change === had) return sentAway;
    if (change.type !== 'agent.changed' || change.to.kind !== 'talking') return change;
    return { ...change, to: { kind: 'ready', since: change.to.since } };
  });
}

const instead = (strategy: Strategy, other: Strategy, rule: string): Mutant => ({
  name: `${strategy} is taken for ${other}`,
  rules: [rule],
  maker: broken({
    hears: withQueues((queue) => (queue.strategy === strategy ? { strategy: other } : {})),
  }),
});

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'priority is read upside down',
    // Who hears where they stand may notice first.
    rules: ['R4', 'C2'],
    promise: 'P5',
    maker: broken({
      hears: (command) =>
        command.type === 'call.enqueue' && command.priority >= 0 && command.priority <= 10
          ? { ...command, priority: 10 - command.priority }
          : command,
    }),
  },
  {
    name: 'skills that a call asks for are forgotten',
    rules: ['R3'],
    maker: broken({
      hears: (command) =>
        command.type === 'call.enqueue' ? { ...command, requiredSkills: {} } : command,
    }),
  },
  {
    name: 'a queue rings and talks as much as it likes',
    rules: ['R18'],
    maker: broken({ hears: withQueues(() => ({ activeMax: 100_000 })) }),
  },
  {
    name: 'an agent whose phone is back is not told of',
    rules: ['R5'],
    promise: 'P2',
    maker: broken({
      hears: (command) =>
        command.type === 'agent.reachable' && command.reachable ? { type: 'tick' } : command,
    }),
  },
  {
    name: 'after-call work is halved',
    rules: ['A6'],
    promise: 'P6',
    maker: broken({ hears: withQueues(({ wrapUpMs }) => ({ wrapUpMs: wrapUpMs / 2 })) }),
  },
  {
    name: 'one miss more is forgiven',
    rules: ['F1'],
    promise: 'P12',
    maker: broken({ hears: withQueues(({ missesMax }) => ({ missesMax: missesMax + 1 })) }),
  },
  {
    name: 'a rejection has no pause',
    rules: ['F2'],
    promise: 'P12',
    maker: broken({ hears: withQueues(() => ({ rejectDelayMs: 0 })) }),
  },
  {
    name: 'callers are sent away before their time',
    rules: ['C4'],
    maker: broken({ hears: withQueues(() => ({ waitMsMax: 5_000 })) }),
  },
  {
    name: 'callers may wait longer than allowed',
    // Whoever is offered too late breaks C4; who just stays breaks T2.
    rules: ['C4', 'T2'],
    maker: broken({ hears: withQueues(() => ({ waitMsMax: 3_600_000 })) }),
  },
  {
    name: 'phones ring twice as long',
    rules: ['O2'],
    maker: broken({
      hears: withQueues(({ ringTimeoutMs }) => ({ ringTimeoutMs: ringTimeoutMs * 2 })),
    }),
  },
  {
    name: 'the clock stands still',
    rules: ['T2'],
    promise: 'P1',
    maker: broken({ reads: (now) => Math.min(now, now - (now % 60_000) + 30_000) }),
  },
  {
    name: 'nothing comes of anything',
    rules: ['S1'],
    maker: broken({ says: () => [] }),
  },
  {
    name: 'some who left are not said to have left',
    rules: ['S1'],
    maker: broken({ says: without('call.left', isSeventh) }),
  },
  {
    name: 'some offers that end are not said to have ended',
    rules: ['O1', 'O2', 'C4'],
    promise: 'P14',
    maker: broken({ says: without('offer.withdrawn', isSeventh) }),
  },
  {
    name: 'some offers are made twice',
    rules: ['O2'],
    maker: broken({
      says: (changes) =>
        changes.flatMap((change) =>
          change.type === 'offer.made' && isSeventh(change) ? [change, change] : [change],
        ),
    }),
  },
  {
    name: 'two agents are taken for each other',
    rules: ['O2'],
    maker: broken({
      says: (changes) =>
        changes.map((change) =>
          change.type === 'call.connected' && change.agentId === 'a0'
            ? { ...change, agentId: 'a1' as typeof change.agentId }
            : change,
        ),
    }),
  },
  {
    name: 'two callers are taken for each other',
    rules: ['O2', 'C6'],
    maker: broken({
      says: (changes) =>
        changes.map((change) =>
          change.type === 'call.connected'
            ? { ...change, callId: otherCall(change.callId) }
            : change,
        ),
    }),
  },
  {
    name: 'a conversation ends twice',
    rules: ['C6'],
    maker: broken({
      says: (changes) =>
        changes.flatMap((change): readonly Change[] =>
          change.type === 'call.ended' ? [change, change] : [change],
        ),
    }),
  },
  {
    name: 'a restart forgets who waits',
    rules: ['T4'],
    maker: broken({
      remembers: (text) => JSON.stringify({ ...(JSON.parse(text) as object), seq: 0 }),
    }),
  },
  // What each strategy would be if its queues were served by another.
  instead('longest-idle', 'random', 'R2'),
  instead('fewest-calls', 'longest-idle', 'R7'),
  instead('least-talk-time', 'fewest-calls', 'R8'),
  instead('round-robin', 'longest-idle', 'R9'),
  instead('top-down', 'round-robin', 'R10'),
  instead('random', 'longest-idle', 'R11'),
  instead('most-skilled', 'longest-idle', 'R12'),
  instead('ring-all', 'longest-idle', 'M1'),
  instead('ring-progressively', 'ring-all', 'M2'),
  {
    name: 'nobody who rings again has their place back',
    rules: ['C8'],
    maker: broken({ hears: withQueues(() => ({ regainMs: 0 })) }),
  },
  {
    name: 'callers are told a better place than they have',
    rules: ['C2'],
    promise: 'P10',
    maker: broken({
      says: (changes) =>
        changes.map((change) =>
          change.type === 'announcement.due' && change.position > 1
            ? { ...change, position: change.position - 1 }
            : change,
        ),
    }),
  },
  {
    name: 'nobody is waited for',
    rules: ['R16'],
    maker: broken({
      hears(command) {
        if (command.type !== 'call.enqueue') return command;
        const { preferredAgentId, ...call } = command;
        return call;
      },
    }),
  },
  {
    name: 'a colleague’s call is for whoever is free',
    rules: ['C6'],
    maker: broken({
      hears(command) {
        if (command.type !== 'call.direct') return command;
        const { callId: id, queueId } = command;
        return { type: 'call.enqueue', callId: id, queueId, priority: 5, requiredSkills: {} };
      },
    }),
  },
  {
    name: 'a colleague who rings in vain ends the break',
    rules: ['H2'],
    maker: broken({
      says: (changes) => (changes.some(isRungInVain) ? changes.map(withoutBreak) : changes),
    }),
  },
  {
    name: 'a colleague’s call ends after-call work',
    rules: ['A6'],
    maker: broken({
      first: (command) =>
        command.type === 'call.direct'
          ? { type: 'agent.wrapUpDone', agentId: command.agentId }
          : undefined,
    }),
  },
  {
    name: 'a colleague’s phone rings as long as any',
    rules: ['H3'],
    maker: broken({
      hears: (command) =>
        command.type === 'call.direct' ? { ...command, ringMs: 20_000 } : command,
    }),
  },
  {
    name: 'whoever is handed on begins to wait anew',
    rules: ['H5'],
    maker: broken({
      hears(command) {
        if (command.type !== 'call.enqueue') return command;
        const { since, ...call } = command;
        return call;
      },
    }),
  },
  {
    name: 'hold is not counted',
    rules: ['H6'],
    maker: broken({
      says: (changes) =>
        changes.map((change) => (change.type === 'call.ended' ? { ...change, holdMs: 0 } : change)),
    }),
  },
  {
    name: 'hold is forgotten',
    rules: ['H6', 'S1'],
    maker: broken({
      hears: (command) => (command.type === 'call.held' ? { type: 'tick' } : command),
    }),
  },
  {
    name: 'another priority is forgotten',
    rules: ['S1'],
    maker: broken({
      hears: (command) => (command.type === 'call.prioritise' ? { type: 'tick' } : command),
    }),
  },
  {
    name: 'another priority is another place by one level only',
    rules: ['R19', 'R4', 'C2', 'S1'],
    maker: broken({
      hears: (command) =>
        command.type === 'call.prioritise'
          ? { ...command, priority: Math.min(command.priority, 6) }
          : command,
    }),
  },
  {
    name: 'agents are charged for more than they talked',
    rules: ['P11'],
    maker: broken({
      says: (changes) =>
        changes.map((change) =>
          change.type === 'call.ended' ? { ...change, talkMs: change.talkMs + 5_000 } : change,
        ),
    }),
  },
  {
    name: 'overflow is forgotten',
    rules: ['V2'],
    maker: broken({ hears: withQueues(() => ({ overflow: [] })) }),
  },
  {
    name: 'callers hear of their place too late',
    rules: ['C3'],
    promise: 'P10',
    maker: broken({
      hears: withQueues(({ announceFirstMs }) => ({ announceFirstMs: announceFirstMs + 1 })),
    }),
  },
  {
    name: 'callers are not told why they wait longer',
    rules: ['EW4'],
    promise: 'P8',
    maker: broken({ says: (changes) => changes.map(withoutReason) }),
  },
  {
    name: 'whoever hangs up soon is as lost as any',
    rules: ['C5'],
    maker: broken({
      says: (changes) =>
        changes.map((change) =>
          change.type === 'call.left' && change.outcome === 'shortAbandon'
            ? { ...change, outcome: 'abandoned' }
            : change,
        ),
    }),
  },
  {
    name: 'whoever waits a little longer is answered in time',
    rules: ['SL1', 'B4'],
    maker: broken({
      hears: withQueues(({ serviceLevelMs }) => ({ serviceLevelMs: serviceLevelMs * 4 })),
    }),
  },
  {
    name: 'casual agents are let in late',
    rules: ['B4'],
    maker: broken({
      hears: withQueues(({ casualIn }) => ({
        casualIn: { ...casualIn, ewtMs: casualIn.ewtMs + 30_000 },
      })),
    }),
  },
  {
    name: 'customers who ring first are strangers',
    rules: ['K7', 'C8'],
    promise: 'P9',
    maker: broken({
      hears(command) {
        if (command.type !== 'call.enqueue') return command;
        const { callerKey, ...call } = command;
        return call;
      },
    }),
  },
  {
    name: 'appointments are with nobody',
    rules: ['R16'],
    maker: broken({
      hears(command) {
        if (command.type !== 'callback.schedule') return command;
        const { preferredAgentId, ...call } = command;
        return call;
      },
    }),
  },
  {
    name: 'a promise is over as soon as its customer rings',
    rules: ['K7'],
    promise: 'P9',
    maker: broken({
      says: (changes) =>
        changes.map((change) =>
          change.type === 'callback.paused'
            ? { ...change, type: 'callback.ended', outcome: 'merged', attempts: 0 }
            : change,
        ),
    }),
  },
  {
    name: 'what our own side cannot dial uses up attempts',
    rules: ['K5'],
    maker: broken({
      hears: (command) =>
        command.type === 'callback.failed' ? { ...command, rang: true } : command,
    }),
  },
  {
    name: 'customers are rung once more than the queue allows',
    rules: ['K5'],
    maker: broken({
      hears: withQueues(({ callbackAttemptsMax: max }) => ({ callbackAttemptsMax: max + 1 })),
    }),
  },
  {
    name: 'whoever was served by themselves is rung all the same',
    rules: ['K7'],
    promise: 'P9',
    maker: broken({ says: (changes) => changes.map(resumedIfMerged) }),
  },
  {
    name: 'whoever accepts a call back does not get its customer’s own call',
    rules: ['K7'],
    maker: broken({ says: withoutOwnCall }),
  },
  {
    name: 'a call back stands better than it does',
    rules: ['C2'],
    maker: broken({
      says: (changes) =>
        changes.map((change) =>
          change.type === 'callback.queued' && change.position > 1
            ? { ...change, position: change.position - 1 }
            : change,
        ),
    }),
  },
  {
    name: 'a promise whose time is over is said to be cancelled',
    rules: ['K6'],
    maker: broken({
      says: (changes) =>
        changes.map((change) =>
          change.type === 'callback.ended' && change.outcome === 'expired'
            ? { ...change, outcome: 'cancelled' }
            : change,
        ),
    }),
  },
  {
    name: 'call backs are not cancelled',
    rules: ['K7'],
    maker: broken({
      hears: (command) => (command.type === 'callback.cancel' ? { type: 'tick' } : command),
    }),
  },
];
