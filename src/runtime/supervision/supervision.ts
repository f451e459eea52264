import { type Refusal, refusal } from '../../lib/errors.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Actor } from '../../model/access.ts';
import { type CallId, callId } from '../../model/ids.ts';
import {
  SUPERVISORS_MAX,
  type SupervisionMode,
  type SupervisionView,
} from '../../model/supervision.ts';
import type { CallSession } from '../call-session.ts';
import { SUPERVISION_CODE } from '../feature-codes.ts';
import type { CallerLeg } from '../ports/index.ts';
import type { Leg } from '../ports/phones.ts';
import type { SupervisionDesk, SupervisionOrder } from '../ports/supervision.ts';
import { voiceOf } from '../talk/talk.ts';
import type { Talks } from '../talk/talks.ts';
import type { World } from '../world.ts';
import { overheardBy, refusePhone } from './by-phone.ts';
import type { SupervisionPart } from './part.ts';
import type { TakeOver } from './take-over.ts';
import { isHeard, viewOf, type Watch } from './watch.ts';

/** Nobody's phone rings longer for this. */
const RING_MS_MAX = 30_000;

/** The supervisor's keys: the first three are the media server's own as well, and it obeys them by itself. */
const KEYS: Readonly<Record<string, SupervisionMode>> = { 0: 'listen', 2: 'whisper', 3: 'barge' };
/** The media server's key for speaking to the caller alone: nobody may. */
const KEY_CALLER_ONLY = '1';
const KEY_TAKE_OVER = '9';

/**
 * Lets supervisors listen to an agent's conversation, whisper, barge in and take it over (P5). Whom they listen to is
 * the agent: through holds and consultations, until the agent leaves the call.
 */
export class Supervision implements SupervisionPart, SupervisionDesk {
  readonly #world: World;
  readonly #takeOvers: TakeOver;
  readonly #watches = new Map<CallId, Watch[]>();
  /** By the call of the phone that dialled the code. */
  readonly #dialled = new Map<CallId, Watch>();
  #count = 0;

  constructor(world: World, talks: Talks, takeOvers: TakeOver) {
    this.#world = world;
    this.#takeOvers = takeOvers;
    // Whoever changes what a conversation is, shows it: then those who listen may have to go, or to listen elsewhere.
    const look = (id: CallId): void => {
      if (this.#watches.has(id)) world.inbox.post(() => this.#check(id));
    };
    world.live.subscribe((change) => {
      if ('call' in change) look(change.call.id);
    });
    talks.rooms.onArranged = ({ id }) => look(id);
  }

  // ---- What operators ask for ------------------------------------------------------------------------------

  begin(order: SupervisionOrder): Result<SupervisionView, Refusal> {
    return this.#world.inbox.ask(() => {
      const watch = this.#open(order.callId, order.supervisor, order.mode, order.by);
      if (!watch.ok) return watch;
      this.#ring(watch.value);
      return ok(viewOf(watch.value));
    });
  }

  change(id: CallId, watchId: string, mode: SupervisionMode, by: Actor) {
    return this.#with(id, watchId, (watch) => this.#turn(watch, mode, by));
  }

  takeOver(id: CallId, watchId: string, by: Actor) {
    return this.#with(id, watchId, (watch) => this.#takeOver(watch, by));
  }

  end(id: CallId, watchId: string, by: Actor): Result<undefined, Refusal> {
    return this.#world.inbox.ask(() => {
      const watch = this.#find(id, watchId);
      if (!watch) return err(unknown(watchId));
      this.#close(watch, 'request', by);
      return ok(undefined);
    });
  }

  // ---- What phones do --------------------------------------------------------------------------------------

  dialled(session: CallSession): boolean {
    const { dnis, fromExtension } = session.inbound;
    const extension = SUPERVISION_CODE.exec(dnis)?.[1];
    if (extension === undefined || fromExtension === undefined) return false;
    void this.#byPhone(session, fromExtension, extension).then((why) => {
      if (why) this.#world.inbox.post(() => refusePhone(this.#world, session, why));
    });
    return true;
  }

  digit(session: CallSession, digit: string): boolean {
    const watch = this.#dialled.get(session.id);
    if (watch) this.#key(watch, digit);
    return watch !== undefined;
  }

  finished(session: CallSession): void {
    for (const watch of [...(this.#watches.get(session.id) ?? [])]) this.#close(watch, 'callOver');
    const own = this.#dialled.get(session.id);
    this.#dialled.delete(session.id);
    if (own && own.takeOver !== 'done') this.#gone(own);
  }

  /** What the code came to; undefined: they listen. */
  async #byPhone(session: CallSession, from: string, extension: string) {
    const { inbox } = this.#world;
    const found = await overheardBy(this.#world, from, extension);
    if (!found.ok) return found.error;
    if (!session.leg) return 'gone';
    const { call, by } = found.value;
    const watch = inbox.ask(() => this.#open(call.id, from, 'listen', by));
    if (!watch.ok) return watch.error.code;
    this.#dialled.set(session.id, watch.value);
    watch.value.end = { hangup: () => this.#world.hangup(session, 'flowEnded') };
    return (await this.#overhear(watch.value, session.leg)) ? undefined : 'media';
  }

  // ---- Beginning -------------------------------------------------------------------------------------------

  #open(id: CallId, supervisor: string, mode: SupervisionMode, by: Actor): Result<Watch, Refusal> {
    const { sessions, desks, clock } = this.#world;
    const session = sessions.get(id);
    if (!session) return err(refusal('CALL_UNKNOWN', `There is no call in progress ${id}.`));
    const { agentId, offerId } = session.offer ?? {};
    const target = targetOf(session);
    if (session.stage !== 'talking' || !target || !agentId || !offerId || !session.leg)
      return err(refusal('CALL_STATE', 'No agent speaks with the caller.'));
    if (desks.agentAt(supervisor)?.id === agentId)
      return err(refusal('CALL_STATE', 'Nobody supervises themselves.'));
    const others = this.#watches.get(id) ?? [];
    if (others.length >= SUPERVISORS_MAX || others.some((one) => one.supervisor === supervisor))
      return err(refusal('SUPERVISION_BUSY', 'They listen already, or too many do.'));
    if (mode !== 'listen' && others.some(isHeard)) return err(busy);
    this.#count += 1;
    const watch: Watch = {
      id: `s${this.#count}`,
      ...{ session, agentId, offerId, target, supervisor, by, mode },
      since: clock.now(),
      end: { hangup: () => {} },
      on: false,
      over: false,
    };
    this.#watches.set(id, [...others, watch]);
    this.#show(watch);
    return ok(watch);
  }

  #ring(watch: Watch): void {
    const { outbound, directory } = this.#world;
    const { session, supervisor, agentId } = watch;
    const agent = directory?.agents.get(agentId);
    const dialling = outbound.dial(
      'supervision',
      {
        callId: callId(`${session.id}.${watch.id}`),
        to: { kind: 'extension', extension: supervisor },
        near: watch.target,
        displayName: agent?.name ?? agentId,
        callerNumber: agent?.extension ?? agentId,
        headers: { 'X-Centralita-Call': session.id, 'X-Centralita-Supervision': watch.mode },
        ringMsMax: RING_MS_MAX,
      },
      {
        ringing: () => {},
        answered: (leg) => {
          if (watch.over) return leg.hangup();
          void this.#overhear(watch, leg).then((hears) =>
            this.#world.inbox.post(() => {
              if (!hears) this.#close(watch, 'media');
            }),
          );
        },
        failed: (cause) => this.#close(watch, cause),
        gone: (died) => this.#gone(watch, died),
        digit: (digit) => this.#key(watch, digit),
      },
    );
    watch.end = dialling;
  }

  /** The supervisor's leg is there. */
  async #overhear(watch: Watch, leg: CallerLeg): Promise<boolean> {
    const { overhearing, inbox } = this.#world;
    watch.leg = leg;
    watch.target = targetOf(watch.session) ?? watch.target;
    const hears = await overhearing.overhear(leg, watch.target, watch.mode);
    inbox.post(() => {
      if (!hears || watch.over) return;
      watch.on = true;
      this.#follow(watch);
      this.#record(watch, 'supervision.started', watch.by);
      this.#show(watch);
    });
    return hears;
  }

  // ---- While it lasts --------------------------------------------------------------------------------------

  /** The media server has obeyed the keys that it knows: what is not allowed is taken back. */
  #key(watch: Watch, key: string): void {
    if (watch.takeOver === 'done' && watch.leg) return this.#takeOvers.keyed(watch.leg, key);
    if (!watch.on || watch.over || watch.takeOver) return;
    const by = { kind: 'phone', id: watch.supervisor, name: watch.by.name } as const;
    const mode = KEYS[key];
    if (key === KEY_TAKE_OVER) void this.#takeOver(watch, by);
    else if (mode) {
      void this.#turn(watch, mode, by).then((done) => {
        if (!done.ok) void this.#obey(watch);
      });
    } else if (key === KEY_CALLER_ONLY) void this.#obey(watch);
  }

  #obey({ leg, mode }: Watch): Promise<boolean> {
    return leg ? this.#world.overhearing.overhearAs(leg, mode) : Promise.resolve(false);
  }

  async #turn(
    watch: Watch,
    mode: SupervisionMode,
    by: Actor,
  ): Promise<Result<SupervisionView, Refusal>> {
    const others = (this.#watches.get(watch.session.id) ?? []).filter((one) => one !== watch);
    if (mode !== 'listen' && others.some(isHeard)) return err(busy);
    if (watch.mode === mode) return ok(viewOf(watch));
    const before = watch.mode;
    watch.mode = mode;
    if (watch.on && !(await this.#obey(watch))) {
      watch.mode = before;
      return err(refusal('CALL_STATE', 'The media server would not.'));
    }
    this.#world.inbox.post(() => {
      if (watch.over) return;
      if (watch.on) this.#record(watch, 'supervision.changed', by, { before });
      this.#show(watch);
    });
    return ok(viewOf(watch));
  }

  /** The agent's part ends as if they had hung up; the caller speaks with the supervisor. */
  async #takeOver(watch: Watch, by: Actor): Promise<Result<undefined, Refusal>> {
    const { session, leg } = watch;
    const { overhearing, inbox } = this.#world;
    if (!watch.on || watch.takeOver || !leg || !session.leg || !this.#speaks(watch))
      return err(refusal('CALL_STATE', 'The supervisor does not hear the conversation.'));
    const objection = this.#takeOvers.objection(watch);
    if (objection) return err(objection);
    watch.takeOver = 'begun';
    await overhearing.stopOverhearing(leg);
    return new Promise((resolve) =>
      inbox.post(() => {
        const refused = watch.over ? over : this.#seat(watch, leg, by);
        resolve(refused ? err(refused) : ok(undefined));
      }),
    );
  }

  #seat(watch: Watch, leg: CallerLeg, by: Actor): Refusal | undefined {
    watch.takeOver = 'done';
    const refused = this.#takeOvers.seat(watch, leg);
    if (refused) {
      watch.takeOver = undefined;
      void this.#world.overhearing.overhear(leg, watch.target, watch.mode);
      return refused;
    }
    this.#record(watch, 'supervision.tookOver', by);
    this.#forget(watch);
    this.#show(watch);
    return undefined;
  }

  // ---- Ending ----------------------------------------------------------------------------------------------

  /** The supervisor's phone has hung up. */
  #gone(watch: Watch, died = false): void {
    const { session, leg } = watch;
    if (watch.takeOver === 'done' && leg) this.#takeOvers.gone(session, leg, died);
    else this.#close(watch, 'supervisorGone');
  }

  /** Those whose agent has left the conversation go with them. */
  #check(id: CallId): void {
    for (const watch of [...(this.#watches.get(id) ?? [])]) {
      if (this.#speaks(watch)) this.#follow(watch);
      else this.#close(watch, 'agentGone');
    }
  }

  /** The agent who is listened to is still in the conversation. */
  #speaks({ session: { stage, offer }, offerId }: Watch): boolean {
    return stage === 'talking' && offer?.offerId === offerId;
  }

  /** The agent may speak in another call of their phone now, with somebody whom they ask. */
  #follow(watch: Watch): void {
    const { session, leg, mode, on } = watch;
    const target = targetOf(session);
    if (!on || watch.takeOver || !leg || !target || target === watch.target) return;
    watch.target = target;
    void this.#world.overhearing.overhear(leg, target, mode);
  }

  #close(watch: Watch, why: string, by: Actor = watch.by): void {
    if (watch.over) return;
    this.#forget(watch);
    this.#record(watch, 'supervision.ended', by, { why });
    watch.end.hangup();
    if (watch.session.stage !== 'ended') this.#show(watch);
  }

  #forget(watch: Watch): void {
    const { id } = watch.session;
    watch.over = true;
    const left = (this.#watches.get(id) ?? []).filter((one) => one !== watch);
    if (left.length > 0) this.#watches.set(id, left);
    else this.#watches.delete(id);
  }

  // ---- Small things ----------------------------------------------------------------------------------------

  #show({ session }: Watch): void {
    session.supervisions = (this.#watches.get(session.id) ?? []).map(viewOf);
    this.#world.live.call(session);
  }

  /** In the call's history and in the audit log. */
  #record(
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

  #find(id: CallId, watchId: string): Watch | undefined {
    return this.#watches.get(id)?.find((watch) => watch.id === watchId);
  }

  #with<T>(
    id: CallId,
    watchId: string,
    deed: (watch: Watch) => Promise<Result<T, Refusal>>,
  ): Promise<Result<T, Refusal>> {
    const watch = this.#find(id, watchId);
    return watch ? deed(watch) : Promise.resolve(err(unknown(watchId)));
  }
}

/** Where the agent speaks, if their phone listens to anybody. */
const targetOf = ({ offer, talk }: CallSession): Leg | undefined =>
  (talk && voiceOf(talk, offer?.leg)) ?? offer?.leg;

const over = refusal('CALL_STATE', 'The conversation is over.');
const busy = refusal('SUPERVISION_BUSY', 'Another supervisor is heard in this conversation.');
const unknown = (id: string) => refusal('SUPERVISION_UNKNOWN', `Nobody listens as ${id}.`);
