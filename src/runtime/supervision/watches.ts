import { type Refusal, refusal } from '../../lib/errors.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Actor } from '../../model/access.ts';
import type { CallId } from '../../model/ids.ts';
import { SUPERVISORS_MAX } from '../../model/supervision.ts';
import type { CallSession } from '../call-session.ts';
import type { Leg } from '../ports/phones.ts';
import type { SupervisionOrder } from '../ports/supervision.ts';
import { voiceOf } from '../talk/talk.ts';
import type { World } from '../world.ts';
import { isHeard, viewOf, type Watch } from './watch.ts';

/** Who supervises which conversation, and what is shown and written down of it. */
export class Watches {
  readonly #world: World;
  readonly #byCall = new Map<CallId, Watch[]>();
  #count = 0;

  constructor(world: World) {
    this.#world = world;
  }

  has(id: CallId): boolean {
    return this.#byCall.has(id);
  }

  /** A copy: whoever goes through it may end them. */
  of(id: CallId): readonly Watch[] {
    return [...(this.#byCall.get(id) ?? [])];
  }

  find(id: CallId, watchId: string): Watch | undefined {
    return this.#byCall.get(id)?.find((watch) => watch.id === watchId);
  }

  /** Somebody else is heard in the conversation. */
  othersAreHeard(watch: Watch): boolean {
    return this.of(watch.session.id).some((other) => other !== watch && isHeard(other));
  }

  open({ callId: id, supervisor, mode, by }: SupervisionOrder): Result<Watch, Refusal> {
    const { sessions, desks, clock } = this.#world;
    const session = sessions.get(id);
    if (!session) return err(refusal('CALL_UNKNOWN', `There is no call in progress ${id}.`));
    const { agentId, offerId } = session.offer ?? {};
    const target = targetOf(session);
    if (session.stage !== 'talking' || !target || !agentId || !offerId || !session.leg)
      return err(refusal('CALL_STATE', 'No agent speaks with the caller.'));
    const own = desks.agentAt(supervisor)?.id;
    if (own === agentId) return err(refusal('CALL_STATE', 'Nobody supervises themselves.'));
    const others = this.of(id);
    if (others.length >= SUPERVISORS_MAX || others.some((one) => one.supervisor === supervisor))
      return err(refusal('SUPERVISION_BUSY', 'They listen already, or too many do.'));
    if (mode !== 'listen' && others.some(isHeard)) return err(busy);
    this.#count += 1;
    const watch: Watch = {
      id: `s${this.#count}`,
      ...{ session, agentId, offerId, target, supervisor, own, by, mode },
      since: clock.now(),
      end: { hangup: () => {} },
      on: false,
      over: false,
    };
    this.#byCall.set(id, [...others, watch]);
    this.show(watch);
    return ok(watch);
  }

  /** It is over, or they have the caller now. */
  forget(watch: Watch): void {
    const { id } = watch.session;
    watch.over = true;
    const others = this.of(id).filter((one) => one !== watch);
    if (others.length > 0) this.#byCall.set(id, others);
    else this.#byCall.delete(id);
  }

  show({ session }: Watch): void {
    session.supervisions = this.of(session.id).map(viewOf);
    this.#world.live.call(session);
  }

  /** In the call's history and in the audit log. */
  record(
    watch: Watch,
    type: string,
    by: Actor,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    const { history, audit, clock } = this.#world;
    const { id, session, supervisor, agentId, mode } = watch;
    const facts = { supervisionId: id, supervisor, agentId, mode, ...more };
    history.record(session, type, { ...facts, by: `${by.kind} ${by.id}` });
    const object = { kind: 'call', id: session.id };
    void audit.record({ at: clock.now(), actor: by, action: type, object, after: facts });
  }
}

/** Where the agent speaks, if their phone listens to anybody. */
export const targetOf = ({ offer, talk }: CallSession): Leg | undefined =>
  (talk && voiceOf(talk, offer?.leg)) ?? offer?.leg;

export const busy = refusal(
  'SUPERVISION_BUSY',
  'Another supervisor is heard in this conversation.',
);
