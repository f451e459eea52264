import type { Result } from '../../lib/result.ts';
import type { Actor } from '../../model/access.ts';
import type { SupervisionMode } from '../../model/supervision.ts';
import { listenerAt, sayFeature } from '../desk/feature-voice.ts';
import type { World } from '../world.ts';
import type { Watch } from './watch.ts';

/** The supervisor's keys: the first three are the media server's own as well, and it obeys them by itself. */
const KEYS: Readonly<Record<string, SupervisionMode>> = { 0: 'listen', 2: 'whisper', 3: 'barge' };
/** The media server's key for speaking to the caller alone: nobody may. */
const KEY_CALLER_ONLY = '1';
const KEY_TAKE_OVER = '9';

/** What keys ask for. */
export interface KeyDeeds {
  turn(watch: Watch, mode: SupervisionMode, by: Actor): Promise<Result<unknown, unknown>>;
  takeOver(watch: Watch, by: Actor): Promise<Result<unknown, unknown>>;
}

/** The keys of a phone that listens. */
export class SupervisorKeys {
  readonly #world: World;
  readonly #deeds: KeyDeeds;

  constructor(world: World, deeds: KeyDeeds) {
    this.#world = world;
    this.#deeds = deeds;
  }

  /** The media server has obeyed the keys that it knows: what is not allowed is taken back. */
  async keyed(watch: Watch, key: string): Promise<void> {
    const by = { kind: 'phone', id: watch.supervisor, name: watch.by.name } as const;
    const mode = KEYS[key];
    if (key === KEY_TAKE_OVER) {
      if (!(await this.#deeds.takeOver(watch, by)).ok) await this.#declined(watch);
    } else if (mode) {
      if (!(await this.#deeds.turn(watch, mode, by)).ok) await this.obey(watch);
    } else if (key === KEY_CALLER_ONLY) await this.obey(watch);
  }

  /** They are heard by whom they should be. */
  obey({ leg, mode }: Watch): Promise<boolean> {
    return leg ? this.#world.overhearing.overhearAs(leg, mode) : Promise.resolve(false);
  }

  /** Said in the ear of who pressed it: in the place of the conversation, which they hear again then. */
  async #declined(watch: Watch): Promise<void> {
    const { leg, own, session } = watch;
    const { overhearing, inbox } = this.#world;
    if (!leg || !isListening(watch)) return;
    await overhearing.stopOverhearing(leg);
    await sayFeature(this.#world, listenerAt(this.#world, session, leg, own), ['refused']);
    inbox.post(() => {
      if (isListening(watch)) void overhearing.overhear(leg, watch.target, watch.mode);
    });
  }
}

/** Neither over, nor about to have the caller. */
export const isListening = ({ on, over, takeOver }: Watch): boolean => on && !over && !takeOver;
