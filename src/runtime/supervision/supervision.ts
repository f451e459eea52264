import { type Refusal, refusal } from '../../lib/errors.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Actor, actorOf, reaches } from '../../model/access.ts';
import { type CallId, callId } from '../../model/ids.ts';
import {
  SUPERVISORS_MAX,
  type SupervisionMode,
  type SupervisionView,
} from '../../model/supervision.ts';
import type { CallSession } from '../call-session.ts';
import { sayFeature } from '../desk/feature-voice.ts';
import { SUPERVISION_CODE } from '../feature-codes.ts';
import type { CallerLeg } from '../ports/index.ts';
import type { SupervisionDesk, SupervisionOrder } from '../ports/supervision.ts';
import type { World } from '../world.ts';
import type { SupervisionPart } from './part.ts';
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
  readonly #watches = new Map<CallId, Watch[]>();
  /** By the call of the phone that dialled the code. */
  readonly #dialled = new Map<CallId, Watch>();
  #count = 0;

  constructor(world: World) {
    this.#world = world;
    // Whoever changes what a conversation is, shows it: then those who listen may have to go.
    world.live.subscribe((change) => {
      if (!('call' in change) || !this.#watches.has(change.call.id)) return;
      const { id } = change.call;
      world.inbox.post(() => this.#check(id));
    });
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
      if (why) this.#world.inbox.post(() => this.#refusePhone(session, why));
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
    if (own) this.#gone(own);
  }

  /** What the code came to; undefined: they listen. */
  async #byPhone(session: CallSession, from: string, extension: string) {
    const { directory, desks, phoneUsers, sessions } = this.#world;
    const supervisor = desks.agentAt(from);
    const agent = directory?.agentByExtension.get(extension);
    const user = supervisor && (await phoneUsers.ofAgent(supervisor.id).catch(() => undefined));
    if (!user?.scopes.includes('supervision:act') || !agent || !reaches(user, agent))
      return 'notAllowed';
    const call = [...sessions.values()].find(
      ({ offer, stage }) => stage === 'talking' && offer?.agentId === agent.id,
    );
    if (!call || !session.leg) return 'nobodySpeaks';
    const watch = this.#world.inbox.ask(() => this.#open(call.id, from, 'listen', actorOf(user)));
    if (!watch.ok) return watch.error.code;
    this.#dialled.set(session.id, watch.value);
    watch.value.end = { hangup: () => this.#world.hangup(session, 'flowEnded') };
    return (await this.#overhear(watch.value, session.leg)) ? undefined : 'media';
  }

  #refusePhone(session: CallSession, why: string): void {
    if (session.stage === 'ended') return;
    this.#world.history.record(session, 'supervision.refused', { why });
    const { id: callId, leg, context } = session;
    const listener = { callId, leg, language: context.language };
    void sayFeature(this.#world, listener, ['refused']).then(() =>
      this.#world.inbox.post(() => this.#world.hangup(session, 'flowEnded')),
    );
  }

  // ---- Beginning -------------------------------------------------------------------------------------------

  #open(id: CallId, supervisor: string, mode: SupervisionMode, by: Actor): Result<Watch, Refusal> {
    const { sessions, desks, clock } = this.#world;
    const session = sessions.get(id);
    if (!session) return err(refusal('CALL_UNKNOWN', `There is no call in progress ${id}.`));
    const { leg: agentLeg, agentId } = session.offer ?? {};
    if (session.stage !== 'talking' || !agentLeg || !agentId || !session.leg)
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
      ...{ session, agentLeg, agentId, supervisor, by, mode },
      since: clock.now(),
      end: { hangup: () => {} },
      on: false,
      over: false,
      tookOver: false,
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
        near: watch.agentLeg,
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
        gone: () => this.#gone(watch),
        digit: (digit) => this.#key(watch, digit),
      },
    );
    watch.end = dialling;
  }

  /** The supervisor's leg is there. */
  async #overhear(watch: Watch, leg: CallerLeg): Promise<boolean> {
    const { overhearing, inbox } = this.#world;
    watch.leg = leg;
    const hears = await overhearing.overhear(leg, watch.agentLeg, watch.mode);
    inbox.post(() => {
      if (!hears || watch.over) return;
      watch.on = true;
      this.#record(watch, 'supervision.started', watch.by);
      this.#show(watch);
    });
    return hears;
  }

  // ---- While it lasts --------------------------------------------------------------------------------------

  /** The media server has obeyed the keys that it knows: what is not allowed is taken back. */
  #key(watch: Watch, key: string): void {
    if (!watch.on || watch.over || watch.tookOver) return;
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
    const { session, leg, end } = watch;
    const { telephony, overhearing, inbox } = this.#world;
    const caller = session.leg;
    if (!watch.on || !leg || !caller || session.offer?.leg !== watch.agentLeg)
      return err(refusal('CALL_STATE', 'The supervisor does not hear the conversation.'));
    watch.tookOver = true;
    await overhearing.stopOverhearing(leg);
    return new Promise((resolve) =>
      inbox.post(() => {
        if (watch.over || session.stage !== 'talking')
          return resolve(err(refusal('CALL_STATE', 'The conversation is over.')));
        this.#record(watch, 'supervision.tookOver', by);
        this.#forget(watch);
        this.#letAgentGo(session);
        session.transferred(watch.supervisor, this.#world.clock.now());
        session.transfer = { sipCallId: leg.identity.sipCallId, hangup: () => end.hangup() };
        this.#show(watch);
        void telephony.bridge(caller, leg).then((joined) =>
          inbox.post(() => {
            if (!joined && session.stage !== 'ended') this.#world.hangup(session, 'failed');
          }),
        );
        resolve(ok(undefined));
      }),
    );
  }

  #letAgentGo(session: CallSession): void {
    const { offers, telephony, command } = this.#world;
    const { offer } = session;
    command({ type: 'call.ended', callId: session.engineId });
    if (!offer) return;
    offers.delete(offer.offerId);
    session.offer = undefined;
    telephony.cancelRing(offer.offerId);
  }

  // ---- Ending ----------------------------------------------------------------------------------------------

  /** The supervisor's phone has hung up. */
  #gone(watch: Watch): void {
    const { session } = watch;
    if (!watch.tookOver) return this.#close(watch, 'supervisorGone');
    if (session.stage === 'ended') return;
    session.leg?.hangup();
    this.#world.finish(session, 'transferred', 'agent');
  }

  /** Those whose agent has left the conversation go with them. */
  #check(id: CallId): void {
    for (const watch of [...(this.#watches.get(id) ?? [])]) {
      const speaks =
        watch.session.stage === 'talking' && watch.session.offer?.leg === watch.agentLeg;
      if (!speaks && !watch.tookOver) this.#close(watch, 'agentGone');
    }
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

const busy = refusal('SUPERVISION_BUSY', 'Another supervisor is heard in this conversation.');
const unknown = (id: string) => refusal('SUPERVISION_UNKNOWN', `Nobody listens as ${id}.`);
