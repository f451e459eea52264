import type { Change } from '../acd/changes.ts';
import type { Command } from '../acd/commands.ts';
import type { CallbackView } from '../acd/engine.ts';
import type { EpochMs } from '../lib/clock.ts';
import { rootOf } from '../model/ids.ts';
import type { End } from './lost-calls.ts';
import type { Callbacks } from './outbound/callbacks.ts';
import type { World } from './world.ts';

/**
 * After a crash: the calls that were in progress are over, since nobody held their legs. They ended when the last process
 * was last known to live: the engine hears that they are gone, and their records are written. Agents stay as they were.
 * @param lastAt When the last command was given.
 */
export function recover(
  world: World,
  callbacks: Callbacks,
  notes: ReadonlyMap<string, unknown>,
  lastAt: EpochMs,
): void {
  const { engine, reach, outbound, desks, history, inbox, log } = world;
  const submit = (command: Command): void => inbox.post(() => void world.command(command));
  const at = Math.max(lastAt, history.aliveAt(notes));
  const changes: Change[] = [];
  for (const command of endings(engine))
    inbox.post(() => changes.push(...world.enact(command, at).changes));
  reach.restore(notes);
  outbound.restore(notes);
  desks.restore(notes, (id) => engine.agent(id)?.state.kind !== 'offline');
  callbacks.restore(notes);
  const ends = changes.filter(isEnd);
  const lost = history.closeLost(notes, at, (id) =>
    ends.filter(({ callId }) => rootOf(callId) === id),
  );
  for (const { id, seq } of lost) callbacks.goOnAfter(id, seq);
  for (const callback of engine.callbacks()) giveUpAttempt(callback, submit);
  if (lost.length > 0) log.warn({ lost: lost.length }, 'Calls were lost with the last process');
}

/** Those who wait go first: otherwise an agent who becomes free would be rung for them. They keep their places (rule C8). */
function endings(engine: World['engine']): readonly Command[] {
  const calls = engine.calls().map(({ id: callId, stage }) => ({ callId, stage }));
  const talking = calls.filter(({ stage }) => stage === 'talking');
  const waiting = calls.filter(({ stage }) => stage !== 'talking');
  return [
    ...waiting.map(({ callId }) => ({ type: 'call.abandon', callId }) as const),
    ...talking.map(({ callId }) => ({ type: 'call.ended', callId }) as const),
  ];
}

const isEnd = (change: Change): change is End =>
  change.type === 'call.ended' || change.type === 'call.left';

/** Promises outlive the process; the phones that rang for them do not. */
function giveUpAttempt(
  { id: callbackId, stage, offerId }: CallbackView,
  submit: (command: Command) => void,
): void {
  if (stage === 'dialing') submit({ type: 'callback.failed', callbackId, cause: 'lost' });
  if (offerId) submit({ type: 'offer.failed', offerId, cause: 'unreachable' });
}
