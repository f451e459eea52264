import type { Refusal } from '../../lib/errors.ts';
import type { AgentId } from '../../model/ids.ts';
import type { AgentDesk } from '../ports/phones.ts';
import type { World } from '../world.ts';
import { SignIn } from './sign-in.ts';

/** What agents do by phone, done by their programs: each is one input. */
export class ProgramDesk implements AgentDesk {
  readonly #world: World;
  readonly #signIn: SignIn;

  constructor(world: World) {
    this.#world = world;
    this.#signIn = new SignIn(world);
  }

  signIn(id: AgentId, phone?: string): Refusal | undefined {
    return this.#world.inbox.ask(() => this.#signIn.signIn(id, phone));
  }

  dispose(id: AgentId, disposition: string): Refusal | undefined {
    return this.#world.inbox.ask(() => this.#world.dispositions.say(id, { id: disposition }));
  }
}
