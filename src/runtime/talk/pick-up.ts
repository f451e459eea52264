import { optional } from '../../lib/optional.ts';
import { ACCEPT_MS_DEFAULT, type Arrival, arrivalOf } from '../../model/arrival.ts';
import type { Told } from '../arrival-words.ts';
import type { Answer } from '../asking.ts';
import type { CallSession } from '../call-session.ts';
import { askOutside, tellOutside } from '../outbound/ask-outside.ts';
import type { CallerLeg } from '../ports/index.ts';
import type { World } from '../world.ts';
import type { Second } from './talk.ts';

/** Somebody who was dialled for a conversation has picked up. */
export interface PickUp {
  readonly session: CallSession;
  readonly second: Second;
  readonly leg: CallerLeg;
  readonly told: Told;
}

/**
 * Before they have a part in it: a customer who is passed on must not find a machine, and whoever is one of ours hears
 * from whom it comes and why. Who asks somebody first hears what has picked up, and needs no key. `done` is called once,
 * as an input, unless nobody wants them any more.
 */
export function pickedUp(world: World, it: PickUp, done: (answer: Answer) => void): void {
  const { session, second, leg } = it;
  const { whisper, accept, acceptMs } = termsOf(world, it);
  const told: Told = { ...it.told, ...optional('agentId', second.person.agentId) };
  const needsKey = () => second.how === 'blind' && accept;
  const ask = () => {
    world.history.record(session, 'party.pickedUp', { target: second.name });
    second.asking = askOutside(world, { told, leg, whisper, acceptMs }, (answer) => {
      delete second.asking;
      done(answer);
    });
  };
  if (needsKey()) return ask();
  if (!whisper) return done('accepted');
  void tellOutside(world, told, leg).then(() =>
    world.inbox.post(() => {
      if (session.talk?.second !== second) return;
      // Meanwhile the agent may have let go.
      if (needsKey()) ask();
      else done('accepted');
    }),
  );
}

type Terms = Pick<Arrival, 'whisper' | 'accept' | 'acceptMs'>;

/** Of somebody who is no agent nothing is known but where they were dialled. */
function termsOf({ directory, outbound }: World, { session, second }: PickUp): Terms {
  const { person, how } = second;
  const to = person.kind === 'other' ? person.to : undefined;
  const mayAsk = to !== undefined && outbound.asksForKey(to);
  const agent = person.agentId && directory?.agents.get(person.agentId);
  if (!agent)
    return { whisper: mayAsk && how === 'blind', accept: mayAsk, acceptMs: ACCEPT_MS_DEFAULT };
  const queue = session.queueId && directory?.queues.get(session.queueId);
  const arrival = arrivalOf(agent, queue ? queue.arrival : {});
  const isOurs = to?.kind === 'extension';
  return { ...arrival, accept: arrival.accept && (mayAsk || isOurs) };
}
