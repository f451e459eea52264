import { type Refusal, refusal } from '../../lib/errors.ts';
import type { AgentId } from '../../model/ids.ts';
import { type Disposition, dispositionsFor } from '../../model/reasons.ts';
import type { CallHistory } from '../call-history.ts';
import type { CallSession } from '../call-session.ts';
import type { Directory } from '../directory.ts';

/** What is needed of the house. */
interface DispositionsWorld {
  readonly history: Pick<CallHistory, 'record'>;
  directory(): Directory | undefined;
}

/** What agents say became of their conversations: during one, in the work after it, and until the next. */
export class Dispositions {
  readonly #world: DispositionsWorld;
  /** The last conversation of each, which may be over. */
  readonly #last = new Map<AgentId, CallSession>();

  constructor(world: DispositionsWorld) {
    this.#world = world;
  }

  /** The agent speaks with the customer of that call. */
  speaks(id: AgentId, session: CallSession | undefined): void {
    if (session) this.#last.set(id, session);
    else this.#last.delete(id);
  }

  /** The last word counts. `which`: by id, or by what is typed on a phone. */
  say(id: AgentId, which: Partial<Pick<Disposition, 'id' | 'code'>>): Refusal | undefined {
    const { history } = this.#world;
    const directory = this.#world.directory();
    const session = this.#last.get(id);
    if (!directory?.agents.has(id)) return refusal('AGENT_UNKNOWN', `There is no agent ${id}.`);
    if (!session) return refusal('CALL_STATE', `Agent ${id} has spoken with nobody.`);
    const said = dispositionsFor(directory.dispositions, session.queueId).find((one) =>
      which.id === undefined ? one.code === which.code : one.id === which.id,
    );
    const wanted = which.id ?? which.code ?? '';
    if (!said) return refusal('NOT_FOUND', `Calls of the queue have no disposition ${wanted}.`);
    history.record(session, 'call.disposed', { agentId: id, disposition: said.id });
    return undefined;
  }
}
