import type { Command } from '../../../src/acd/commands.ts';
import { type AgentId, type CallId, callId, type QueueId } from '../../../src/model/ids.ts';

/** What separates a call's id from the number of an agent's part in it, as in `runtime/talk`. */
export const PART = '~';

/** The customer's call, whatever part of it is meant. */
export const rootOf = (id: CallId): CallId => callId(id.split(PART)[0] ?? id);

/** A colleague who is rung for the conversation, or talks. */
interface Second {
  readonly part: CallId;
  readonly how: 'blind' | 'consult' | 'pickUp';
  isRung: boolean;
  isThere: boolean;
}

/** What the shell knows of a customer whom agents hand on: each agent's part is a call of its own (rule H1). */
export class Conversation {
  readonly id: CallId;
  readonly queueId: QueueId;
  readonly queuedAt: number;
  /** Who has the customer, or had them last. */
  agentId: AgentId;
  /** Of the agent who has the customer; undefined: nobody has. */
  part: CallId | undefined;
  second: Second | undefined;
  #brought = 0;

  constructor(id: CallId, by: AgentId, queueId: QueueId, queuedAt: number) {
    this.id = id;
    this.part = id;
    this.agentId = by;
    this.queueId = queueId;
    this.queuedAt = queuedAt;
  }

  /** An agent and the customer, and nobody besides. */
  get isTwo(): boolean {
    return this.part !== undefined && !this.second;
  }

  bring(how: Second['how'], to: AgentId): Command {
    const part = callId(`${this.id}${PART}${++this.#brought}`);
    this.second = { part, how, isRung: false, isThere: false };
    return {
      type: 'call.direct',
      callId: part,
      queueId: this.queueId,
      agentId: to,
      ringMs: 25_000,
    };
  }

  /** The agent lets go; the part that has to end. */
  letGo(): CallId | undefined {
    const { part } = this;
    this.part = undefined;
    return part;
  }

  /** The second has the customer; the part that has to end. */
  handOver(to: AgentId): CallId | undefined {
    const { part, second } = this;
    this.part = second?.part;
    this.agentId = to;
    this.second = undefined;
    return part;
  }

  /** The second goes again; the part that has to end. */
  dismiss(): CallId | undefined {
    const { second } = this;
    this.second = undefined;
    return second?.part;
  }

  /** The engine would not ring them. */
  forgetRefused(): void {
    if (this.second && !this.second.isRung) this.second = undefined;
  }
}
