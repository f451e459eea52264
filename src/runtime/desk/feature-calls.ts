import type { Timer } from '../../lib/clock.ts';
import type { AgentConfig } from '../../model/agent.ts';
import type { CallId } from '../../model/ids.ts';
import type { CallSession } from '../call-session.ts';
import { type FeatureCode, featureOf } from '../feature-codes.ts';
import type { FeaturePhrase } from '../ports/phrases.ts';
import type { World } from '../world.ts';
import { sayFeature } from './feature-voice.ts';
import { SignIn } from './sign-in.ts';

/** A phone is waited for so long between two keys. */
const KEY_MS_MAX = 10_000;
/** As long as a PIN may be: then nobody waits for `#`. */
const PIN_LENGTH_MAX = 12;
/** Wrong PINs in one call. */
const TRIES_MAX = 3;

/** Somebody is asked for their PIN. */
interface Asking {
  readonly session: CallSession;
  readonly agent: AgentConfig;
  readonly tries: number;
  digits: string;
  limit: Timer;
}

/**
 * What a phone of ours dials to speak with the system itself (P2): the engine decides, and the phone hears what came of
 * it.
 *
 *   dialled ──sign-in that needs a PIN──▶ asked ──right──▶ said, hung up
 *      │                                   │  ▲ └──wrong, three times, or nothing──▶ said, hung up
 *      └──anything else──▶ said, hung up   └──┘ wrong
 */
export class FeatureCalls {
  readonly #world: World;
  readonly #signIn: SignIn;
  readonly #asking = new Map<CallId, Asking>();

  constructor(world: World) {
    this.#world = world;
    this.#signIn = new SignIn(world);
  }

  obey(session: CallSession): void {
    const { directory, desks } = this.#world;
    const { dnis, fromExtension: phone = '' } = session.inbound;
    const feature = featureOf(dnis, directory?.reasonByCode ?? new Map());
    if (!feature) return this.#answer(session, 'unknownCode');
    if (feature.kind === 'signIn') {
      // Without a name it is the phone's own agent, whoever sits there.
      const agent = directory?.agentByExtension.get(feature.extension ?? phone);
      if (agent) void this.#begin(session, agent, phone);
      else this.#answer(session, 'refused');
      return;
    }
    const agent = desks.agentAt(phone);
    this.#answer(session, agent ? this.#does(feature, agent) : 'refused', agent);
  }

  #does(feature: Exclude<FeatureCode, { kind: 'signIn' }>, { id }: AgentConfig): FeaturePhrase {
    if (feature.kind === 'disposition')
      return this.#world.dispositions.say(id, feature) ? 'refused' : 'disposed';
    return this.#world.command(feature.command(id)).ok ? feature.confirmation : 'refused';
  }

  /** False: nobody is asked in that call. */
  digit(id: CallId, key: string): boolean {
    const asking = this.#asking.get(id);
    if (!asking) return false;
    asking.session.leg?.stopPlaying();
    this.#await(asking);
    if (/^\d$/.test(key)) asking.digits += key;
    if (key === '#' || asking.digits.length >= PIN_LENGTH_MAX) void this.#typed(asking);
    return true;
  }

  finished({ id }: CallSession): void {
    this.#asking.get(id)?.limit.cancel();
    this.#asking.delete(id);
  }

  // ---- PIN -------------------------------------------------------------------------------------------------

  /** Never rejects. */
  async #begin(session: CallSession, agent: AgentConfig, phone: string): Promise<void> {
    await this.#trying(session, agent, async () => {
      const asks = await this.#signIn.mustProve(agent, phone);
      this.#world.inbox.post(() => {
        if (asks) this.#ask(session, agent, 1, ['enterPin']);
        else this.#signsIn(session, agent);
      });
    });
  }

  #ask(
    session: CallSession,
    agent: AgentConfig,
    tries: number,
    said: readonly FeaturePhrase[],
  ): void {
    if (session.stage === 'ended') return;
    const limit = { cancel: () => {} };
    const asking: Asking = { session, agent, tries, digits: '', limit };
    this.#asking.set(session.id, asking);
    void this.#say(session, agent, said).then(() => {
      // Who has begun to type, or has gone, is waited for already, or not at all.
      if (this.#asking.get(session.id) === asking && asking.limit === limit) this.#await(asking);
    });
  }

  #await(asking: Asking): void {
    const { clock, inbox } = this.#world;
    asking.limit.cancel();
    asking.limit = clock.after(KEY_MS_MAX, () => inbox.post(() => void this.#typed(asking)));
  }

  /** Never rejects. */
  async #typed(asking: Asking): Promise<void> {
    const { session, agent, tries, digits } = asking;
    const phone = session.inbound.fromExtension ?? '';
    if (this.#asking.get(session.id) !== asking) return;
    this.finished(session);
    await this.#trying(session, agent, async () => {
      const proof = digits === '' ? 'wrong' : await this.#signIn.prove(agent.id, phone, digits);
      this.#world.inbox.post(() => {
        if (proof === 'right') return this.#signsIn(session, agent);
        this.#world.history.record(session, 'signIn.refused', { agentId: agent.id, why: proof });
        if (proof === 'locked') this.#answer(session, 'locked', agent);
        else if (tries >= TRIES_MAX || digits === '') this.#answer(session, 'wrongPin', agent);
        else this.#ask(session, agent, tries + 1, ['wrongPin', 'enterPin']);
      });
    });
  }

  #signsIn(session: CallSession, agent: AgentConfig): void {
    if (session.stage === 'ended') return;
    const refused = this.#signIn.signIn(agent.id, session.inbound.fromExtension);
    this.#answer(session, refused ? 'refused' : 'signedIn', agent);
  }

  async #trying(
    session: CallSession,
    agent: AgentConfig,
    work: () => Promise<void>,
  ): Promise<void> {
    const { log, inbox } = this.#world;
    try {
      await work();
    } catch (error) {
      log.error({ callId: session.id, error: String(error) }, 'A PIN could not be checked');
      inbox.post(() => this.#answer(session, 'refused', agent));
    }
  }

  // ---- What is heard ---------------------------------------------------------------------------------------

  #answer(session: CallSession, phrase: FeaturePhrase, agent?: AgentConfig): void {
    const { history, inbox, hangup } = this.#world;
    if (session.stage === 'ended') return;
    history.record(session, 'feature', { code: session.inbound.dnis, phrase });
    void this.#say(session, agent, [phrase]).then(() =>
      inbox.post(() => hangup(session, 'flowEnded')),
    );
  }

  #say(
    session: CallSession,
    agent: AgentConfig | undefined,
    said: readonly FeaturePhrase[],
  ): Promise<void> {
    const { id: callId, leg, context } = session;
    const language = agent?.language ?? context.language;
    return sayFeature(this.#world, { callId, leg, language }, said);
  }
}
