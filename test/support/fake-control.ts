import { type Refusal, refusal } from '../../src/lib/errors.ts';
import { err } from '../../src/lib/result.ts';
import type { AgentId, CallbackId, CallId, QueueId } from '../../src/model/ids.ts';
import type { LedgerView } from '../../src/model/ledger.ts';
import type { StoredVoicemail } from '../../src/model/voicemail.ts';
import type {
  LiveStatistics,
  QueueStatistics,
  TodayOfQueue,
} from '../../src/runtime/ports/feed.ts';
import type {
  AgentView,
  CallbackView,
  CallView,
  Command,
  Control,
  LiveChange,
  QueueView,
  Reply,
  Snapshot,
} from '../../src/runtime/ports/index.ts';
import type { AgentDesk, TalkControl, TransferTo } from '../../src/runtime/ports/phones.ts';

type Unnumbered<T> = T extends unknown ? Omit<T, 'seq' | 'at'> : never;

/** An engine that does what a test says: it holds views, numbers changes and remembers what it was told. */
export class FakeControl implements Control, LiveStatistics {
  readonly commands: Command[] = [];
  readonly hungUp: CallId[] = [];
  readonly moved: { readonly id: CallId; readonly to: TransferTo }[] = [];
  reloads = 0;
  reply: Reply = { ok: true };
  /** What the next reloads find wrong. It may read the configuration to find out. */
  reloading: () => Promise<readonly string[]> = async () => [];
  agents: AgentView[] = [];
  queues: QueueView[] = [];
  calls: CallView[] = [];
  ledgers: LedgerView[] = [];
  callbacks: CallbackView[] = [];
  messages: StoredVoicemail[] = [];
  figures: QueueStatistics[] = [];
  readonly #listeners = new Set<(change: LiveChange) => void>();
  #seq = 0;

  submit(command: Command): Reply {
    this.commands.push(command);
    return this.reply;
  }

  agent(id: AgentId): AgentView | undefined {
    return this.agents.find((agent) => agent.id === id);
  }

  queue(id: QueueId): QueueView | undefined {
    return this.queues.find((queue) => queue.id === id);
  }

  call(id: CallId): CallView | undefined {
    return this.calls.find((call) => call.id === id);
  }

  callback(id: CallbackId): CallbackView | undefined {
    return this.callbacks.find((callback) => callback.id === id);
  }

  snapshot(): Snapshot {
    const { agents, queues, calls, callbacks, messages } = this;
    const at = Date.UTC(2026, 0, 1);
    return { seq: this.#seq, at, agents, queues, calls, callbacks, messages };
  }

  statistics(): readonly QueueStatistics[] {
    return this.figures;
  }

  figuresOfToday(): readonly TodayOfQueue[] {
    return this.figures.map(({ id, today }) => [id, today]);
  }

  ledger(id: AgentId): LedgerView | undefined {
    return this.ledgers.find(({ agentId }) => agentId === id);
  }

  subscribe(listener: (change: LiveChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  objections(): Promise<readonly string[]> {
    return this.reloading();
  }

  reload(): Promise<readonly string[]> {
    this.reloads += 1;
    return this.reloading();
  }

  hangup(callId: CallId): boolean {
    this.hungUp.push(callId);
    return this.calls.some((call) => call.id === callId);
  }

  /** A change of the live state: held, numbered and told. */
  change(change: Unnumbered<LiveChange>): void {
    this.#seq += 1;
    const numbered = { ...change, seq: this.#seq, at: Date.UTC(2026, 0, 1) } as LiveChange;
    if ('agent' in numbered) this.agents = withView(this.agents, numbered.agent);
    if ('queue' in numbered) this.queues = withView(this.queues, numbered.queue);
    if ('call' in numbered) this.calls = withView(this.calls, numbered.call);
    for (const listener of this.#listeners) listener(numbered);
  }
}

function withView<View extends { readonly id: string }>(views: View[], view: View): View[] {
  return [...views.filter((other) => other.id !== view.id), view];
}

/** Calls of which all wait: they can be moved, and whatever else is done with a conversation is refused. */
export function fakeTalk(control: FakeControl): TalkControl {
  const unknown = () => refusal('CALL_UNKNOWN', 'There is no such call.');
  const waiting = (id: CallId, deed: (call: CallView) => void): Refusal | undefined => {
    const call = control.call(id);
    if (!call) return unknown();
    deed(call);
    return undefined;
  };
  return {
    hold: unknown,
    retrieve: unknown,
    transfer: (id, to) => waiting(id, () => control.moved.push({ id, to })),
    prioritise: (id, priority) =>
      waiting(id, (call) => control.change({ topic: 'calls', call: { ...call, priority } })),
    consult: unknown,
    complete: unknown,
    cancel: unknown,
    conference: unknown,
    leave: unknown,
    park: () => err(unknown()),
    parked: () => [],
    pickUp: unknown,
  };
}

/** A desk at which everybody sits down where they say; `control` hears of it. */
export const fakeDesk = (control: FakeControl): AgentDesk => ({
  signIn(agentId) {
    const reply = control.submit({ type: 'agent.signIn', agentId });
    return reply.ok ? undefined : refusal(reply.code, reply.detail);
  },
  dispose: () => undefined,
});
