import type { Command } from '../acd/commands.ts';
import type { CallbackView } from '../acd/engine.ts';
import type { Callbacks } from './outbound/callbacks.ts';
import type { World } from './world.ts';

/**
 * After a crash: the calls that were in progress are over, since nobody held their legs. The engine hears
 * that they are gone, and their records are written. Agents stay as they were.
 */
export function recover(
  world: World,
  callbacks: Callbacks,
  notes: ReadonlyMap<string, unknown>,
): void {
  const { engine, reach, outbound, desks, history, inbox, log } = world;
  const submit = (command: Command): void => inbox.post(() => void world.command(command));
  for (const { id: callId, stage } of engine.calls()) {
    submit({ type: stage === 'talking' ? 'call.ended' : 'call.abandon', callId });
  }
  reach.restore(notes);
  outbound.restore(notes);
  desks.restore(notes, (id) => engine.agent(id)?.state.kind !== 'offline');
  callbacks.restore(notes);
  for (const callback of engine.callbacks()) giveUpAttempt(callback, submit);
  const lost = history.closeLost(notes);
  if (lost > 0) log.warn({ lost }, 'Calls were lost with the last process');
}

/** Promises outlive the process; the phones that rang for them do not. */
function giveUpAttempt(
  { id: callbackId, stage, offerId }: CallbackView,
  submit: (command: Command) => void,
): void {
  if (stage === 'dialing') submit({ type: 'callback.failed', callbackId, cause: 'lost' });
  if (offerId) submit({ type: 'offer.failed', offerId, cause: 'unreachable' });
}
