import { type Refusal, refusal } from '../../lib/errors.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Actor } from '../../model/access.ts';
import { type CallId, callId } from '../../model/ids.ts';
import type { SupervisionMode, SupervisionView } from '../../model/supervision.ts';
import type { CallSession } from '../call-session.ts';
import { SUPERVISION_CODE } from '../feature-codes.ts';
import type { CallerLeg } from '../ports/index.ts';
import type { SupervisionDesk, SupervisionOrder } from '../ports/supervision.ts';
import type { Talks } from '../talk/talks.ts';
import type { World } from '../world.ts';
import { overheardBy, refusePhone } from './by-phone.ts';
import type { Duty } from './duty.ts';
import { isListening, SupervisorKeys } from './keys.ts';
import type { SupervisionPart } from './part.ts';
import type { TakeOver } from './take-over.ts';
import { viewOf, type Watch } from './watch.ts';
import { busy, targetOf, Watches } from './watches.ts';

/** Nobody's phone rings longer for this. */
const RING_MS_MAX = 30_000;

/**
 * Lets supervisors listen to an agent's conversation, whisper, barge in and take it over (P5). Whom they listen to is
 * the agent: through holds and consultations, until the agent leaves the call.
 */
export class Supervision implements SupervisionPart, SupervisionDesk {
  readonly #world: World;
  readonly #takeOvers: TakeOver;
  readonly #duty: Duty;
  readonly #keys: SupervisorKeys;
  readonly #watches: Watches;
  /** By the call of the phone that dialled the code. */
  readonly #dialled = new Map<CallId, Watch>();

  constructor(world: World, talks: Talks, takeOvers: TakeOver, duty: Duty) {
    this.#world = world;
    this.#takeOvers = takeOvers;
    this.#duty = duty;
    this.#watches = new Watches(world);
    this.#keys = new SupervisorKeys(world, {
      turn: (watch, mode, by) => this.#turn(watch, mode, by),
      takeOver: (watch, by) => this.#takeOver(watch, by),
    });
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
      const watch = this.#open(order);
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
      const watch = this.#watches.find(id, watchId);
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
    for (const watch of this.#watches.of(session.id)) this.#close(watch, 'callOver');
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
    const watch = inbox.ask(() =>
      this.#open({ callId: call.id, supervisor: from, mode: 'listen', by }),
    );
    if (!watch.ok) return watch.error.code;
    this.#dialled.set(session.id, watch.value);
    watch.value.end = { hangup: () => this.#world.hangup(session, 'flowEnded') };
    return (await this.#overhear(watch.value, session.leg)) ? undefined : 'media';
  }

  // ---- Beginning -------------------------------------------------------------------------------------------

  #open(order: SupervisionOrder): Result<Watch, Refusal> {
    const watch = this.#watches.open(order);
    if (watch.ok) this.#duty.begins(watch.value.own);
    return watch;
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
      this.#watches.record(watch, 'supervision.started', watch.by);
      this.#watches.show(watch);
    });
    return hears;
  }

  // ---- While it lasts --------------------------------------------------------------------------------------

  #key(watch: Watch, key: string): void {
    if (watch.takeOver === 'done' && watch.leg) this.#takeOvers.keyed(watch.leg, key);
    else if (isListening(watch)) void this.#keys.keyed(watch, key);
  }

  async #turn(
    watch: Watch,
    mode: SupervisionMode,
    by: Actor,
  ): Promise<Result<SupervisionView, Refusal>> {
    if (mode !== 'listen' && this.#watches.othersAreHeard(watch)) return err(busy);
    if (watch.mode === mode) return ok(viewOf(watch));
    const before = watch.mode;
    watch.mode = mode;
    if (watch.on && !(await this.#keys.obey(watch))) {
      watch.mode = before;
      return err(refusal('CALL_STATE', 'The media server would not.'));
    }
    this.#world.inbox.post(() => {
      if (watch.over) return;
      if (watch.on) this.#watches.record(watch, 'supervision.changed', by, { before });
      this.#watches.show(watch);
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
    this.#watches.record(watch, 'supervision.tookOver', by);
    this.#watches.forget(watch);
    this.#duty.ends(watch.own);
    this.#watches.show(watch);
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
    for (const watch of this.#watches.of(id)) {
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
    this.#watches.forget(watch);
    this.#watches.record(watch, 'supervision.ended', by, { why });
    watch.end.hangup();
    this.#duty.ends(watch.own);
    if (watch.session.stage !== 'ended') this.#watches.show(watch);
  }

  #with<T>(
    id: CallId,
    watchId: string,
    deed: (watch: Watch) => Promise<Result<T, Refusal>>,
  ): Promise<Result<T, Refusal>> {
    const watch = this.#watches.find(id, watchId);
    return watch ? deed(watch) : Promise.resolve(err(unknown(watchId)));
  }
}

const over = refusal('CALL_STATE', 'The conversation is over.');
const unknown = (id: string) => refusal('SUPERVISION_UNKNOWN', `Nobody listens as ${id}.`);
