import { err, ok, type Result } from '../../lib/result.ts';
import { type Actor, actorOf, reaches } from '../../model/access.ts';
import type { CallSession } from '../call-session.ts';
import { sayFeature } from '../desk/feature-voice.ts';
import type { World } from '../world.ts';

/** A conversation, and who listens to it. */
export interface Overheard {
  readonly call: CallSession;
  readonly by: Actor;
}

/** To whom somebody at the phone `from` listens when they dial the code and the agent's extension; or why not. */
export async function overheardBy(
  { directory, desks, phoneUsers, sessions }: World,
  from: string,
  extension: string,
): Promise<Result<Overheard, 'notAllowed' | 'nobodySpeaks'>> {
  const supervisor = desks.agentAt(from);
  const agent = directory?.agentByExtension.get(extension);
  const user = supervisor && (await phoneUsers.ofAgent(supervisor.id).catch(() => undefined));
  if (!user?.scopes.includes('supervision:act') || !agent || !reaches(user, agent))
    return err('notAllowed');
  const call = [...sessions.values()].find(
    ({ offer, stage }) => stage === 'talking' && offer?.agentId === agent.id,
  );
  return call ? ok({ call, by: actorOf(user) }) : err('nobodySpeaks');
}

/** Tells them that it cannot be done, and hangs up. */
export function refusePhone(world: World, session: CallSession, why: string): void {
  if (session.stage === 'ended') return;
  world.history.record(session, 'supervision.refused', { why });
  const { id: callId, leg, context } = session;
  const listener = { callId, leg, language: context.language };
  void sayFeature(world, listener, ['refused']).then(() =>
    world.inbox.post(() => world.hangup(session, 'flowEnded')),
  );
}
