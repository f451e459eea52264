import { Engine } from '../../src/acd/engine.ts';
import { readCompanyFile } from '../../src/company-file.ts';
import type { SpokenText } from '../../src/ivr/flow.ts';
import { ManualClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { ok } from '../../src/lib/result.ts';
import type { Principal } from '../../src/model/access.ts';
import type { AgentConfig, AgentStateRecord } from '../../src/model/agent.ts';
import type { CalendarConfig } from '../../src/model/calendar.ts';
import type { CallEvent, Cdr } from '../../src/model/call.ts';
import type { Contact } from '../../src/model/contact.ts';
import { agentId, type CallId } from '../../src/model/ids.ts';
import type { NumberConfig } from '../../src/model/number.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../src/model/queue.ts';
import type { ConversationRecording } from '../../src/model/recording.ts';
import type { Voicemail } from '../../src/model/voicemail.ts';
import { CallCenter, type CallCenterOptions } from '../../src/runtime/call-center.ts';
import type { AuditEntry } from '../../src/runtime/ports/access.ts';
import type { Configuration, FlowDocument } from '../../src/runtime/ports/index.ts';
import { FakeRecogniser } from './fake-recogniser.ts';
import { FakeCallerLeg, FakeTelephony, inbound } from './fake-telephony.ts';
import { textPrompts } from './text-prompts.ts';

interface Company {
  readonly numbers: readonly NumberConfig[];
  readonly queues: readonly (Partial<QueueConfig> & Pick<QueueConfig, 'id' | 'name'>)[];
  readonly agents: readonly AgentConfig[];
  readonly calendars: readonly CalendarConfig[];
  readonly contacts: readonly Contact[];
  readonly flows: readonly Omit<FlowDocument, 'version'>[];
}

const EXAMPLE = new URL('../../config/example/company.yaml', import.meta.url);
const company = readCompanyFile<Company>(EXAMPLE);

/** The example company, as the store would give it. */
export const exampleConfiguration = (): Configuration => ({
  numbers: company.numbers,
  flows: company.flows.map((flow) => ({ ...flow, version: 1 })),
  queues: company.queues.map((queue) => ({ ...QUEUE_DEFAULTS, ...queue })),
  agents: company.agents,
  calendars: company.calendars,
});

/** A call center on a clock that stands still, with telephony that does as the test says. */
export class TestFloor {
  readonly clock = new ManualClock(1_000_000);
  readonly telephony = new FakeTelephony();
  readonly recogniser = new FakeRecogniser();
  readonly events: CallEvent[] = [];
  readonly cdrs: Cdr[] = [];
  readonly agentStates: AgentStateRecord[] = [];
  readonly voicemails: Voicemail[] = [];
  readonly removed: string[] = [];
  readonly audited: AuditEntry[] = [];
  /** Users by their own agents. */
  readonly users = new Map<string, Principal>();
  readonly recordings: ConversationRecording[] = [];
  /** Recordings of conversations that are over. */
  readonly finished: string[] = [];
  readonly kept = new Map<string, unknown>();
  readonly engine: Engine;
  readonly center: CallCenter;
  configuration = exampleConfiguration();
  readonly broken: unknown[] = [];
  readonly registered = new Set<string>();
  /** Agents' PINs. */
  readonly pins = new Map<string, string>();
  readonly prepared: SpokenText[] = [];

  constructor(engine = Engine.create(), overrides: Partial<CallCenterOptions> = {}) {
    this.engine = engine;
    this.center = new CallCenter({
      clock: this.clock,
      log: silentLogger,
      engine,
      journal: {
        append: () => {},
        keep: (key, value) => this.kept.set(key, structuredClone(value)),
        drop: (key) => this.kept.delete(key),
      },
      telephony: this.telephony,
      overhearing: this.telephony,
      records: {
        event: (event) => this.events.push(event),
        cdr: (cdr) => this.cdrs.push(cdr),
        agentState: (record) => this.agentStates.push(record),
        voicemail: (voicemail) => this.voicemails.push(voicemail),
        recording: (recording) => this.recordings.push(recording),
        flush: async () => {},
      },
      contacts: {
        byNumber: async (e164) => company.contacts.find(({ numbers }) => numbers.includes(e164)),
      },
      memory: { recentCalls: async () => [] },
      verifier: { verify: async () => ({ result: 'unavailable' }) },
      attempts: { take: async () => true, clear: async () => {} },
      agentPins: {
        has: async (id) => this.pins.has(id),
        verify: async (id, pin) => this.pins.get(id) === pin,
      },
      calendars: { verifyPin: async () => false, setClosure: async () => ok(undefined) },
      featureFlows: new Map(),
      requests: { send: async () => ({ ok: false, why: 'notAllowed' }) },
      prompts: textPrompts,
      recordings: {
        fileOf: (id) => `/recordings/${id}.wav`,
        remove: (id) => this.removed.push(id),
      },
      audit: { record: async (entry) => void this.audited.push(entry) },
      phoneUsers: { ofAgent: async (id) => this.users.get(id) },
      conversations: {
        begin: (id) => `/conversations/${id}.wav`,
        finished: (id) => this.finished.push(id),
      },
      phrases: {
        feature: (phrase) => phrase,
        queuePosition: (position, language) => ({ text: `position ${position}`, language }),
        queueWait: (fromMs, toMs, language) => ({
          text: `wait ${fromMs} to ${toMs}`,
          language,
        }),
        queueLonger: () => 'longer',
        queueThanks: () => 'thanks',
        arrival: ({ kind, status, reason, waitMs, asks }, language) => [
          {
            text: [kind, status, reason, waitMs, asks ? 'press 1' : ''].join(' ').trim(),
            language,
          },
        ],
        callback: (phrase, language, name) => ({
          text: [`callback ${phrase}`, name].join(' ').trim(),
          language,
        }),
      },
      recogniser: this.recogniser,
      keepsTranscripts: true,
      configuration: { load: async () => this.configuration },
      zone: 'UTC',
      isOwnHost: (host) => host === 'localhost',
      isReachable: (extension) => this.registered.has(extension),
      prerender: ({ sentences }) => this.prepared.push(...sentences),
      onBroken: (error) => this.broken.push(error),
      ...overrides,
    });
  }

  static async open(engine?: Engine, overrides?: Partial<CallCenterOptions>): Promise<TestFloor> {
    const floor = new TestFloor(engine, overrides);
    const problems = await floor.center.reload();
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return floor;
  }

  ready(...ids: string[]): void {
    for (const id of ids.map(agentId)) {
      this.center.submit({ type: 'agent.reachable', agentId: id, reachable: true });
      this.center.submit({ type: 'agent.signIn', agentId: id });
      this.center.submit({ type: 'agent.ready', agentId: id });
    }
  }

  /** A call that was answered and is in its flow. */
  async call(id: string, ani?: string): Promise<FakeCallerLeg> {
    const call = inbound(id, ani);
    const verdict = this.center.arrived(call);
    if (!verdict.accept) throw new Error(`refused with ${verdict.status}`);
    const leg = new FakeCallerLeg(call.callId);
    this.center.answered(leg);
    await settled();
    return leg;
  }

  /** Goes through the example flow to the queue for sales. */
  async queuedCall(id: string, ani?: string): Promise<FakeCallerLeg> {
    const leg = await this.call(id, ani);
    await this.playOut(leg);
    this.center.digit(leg.callId, '1');
    await settled();
    await this.playOut(leg);
    return leg;
  }

  /** Ends what is being played, and lets the flow go on. */
  async playOut(leg: FakeCallerLeg): Promise<void> {
    leg.finishPlaying();
    await settled();
  }

  stageOf(id: CallId): string | undefined {
    return this.center.snapshot().calls.find((call) => call.id === id)?.stage;
  }

  stateOf(id: string): string | undefined {
    return this.engine.agent(agentId(id))?.state.kind;
  }

  typesOf(id: CallId): readonly string[] {
    return this.events.filter((event) => event.callId === id).map((event) => event.type);
  }
}

/** Everything that was promised by now has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
