import type { LegIdentity } from '../../src/model/call.ts';
import { type CallId, callId, legId, type OfferId } from '../../src/model/ids.ts';
import type { AudioSink, LiveAudio } from '../../src/runtime/ports/hearing.ts';
import type {
  AgentLeg,
  CallerLeg,
  DialEvents,
  Dialling,
  DialRequest,
  InboundCall,
  Recorded,
  RecordOptions,
  RingRequest,
  Telephony,
} from '../../src/runtime/ports/index.ts';
import type { Leg, Switchboard } from '../../src/runtime/ports/phones.ts';
import type { Tape, TapeOptions } from '../../src/runtime/ports/recordings.ts';
import type { Overhearing } from '../../src/runtime/ports/supervision.ts';

const identity = (id: string): LegIdentity => ({
  legId: legId(id),
  sipCallId: `sip-${id}`,
  localTag: 'l',
  remoteTag: 'r',
  localUri: 'sip:l@x',
  remoteUri: 'sip:r@x',
  localSdp: '',
  remoteSdp: '',
  mediaServer: 'm',
});

export const inbound = (id: string, ani?: string, dnis = '8005550100'): InboundCall => ({
  callId: callId(id),
  sipCallId: `sip-${id}`,
  dnis,
  ...(ani ? { ani } : {}),
});

/** A conversation that is being recorded; the test says what comes of it. */
export class FakeTape implements Tape {
  readonly file: string;
  readonly options: TapeOptions;
  readonly started: Promise<boolean>;
  readonly over: Promise<Recorded>;
  paused = false;
  finish: (recorded: Recorded) => void = () => {};

  constructor(file: string, options: TapeOptions, starts: boolean) {
    this.file = file;
    this.options = options;
    this.started = Promise.resolve(starts);
    this.over = new Promise((resolve) => {
      this.finish = resolve;
    });
    if (!starts) this.finish({ durationMs: 0, why: 'failed' });
  }

  pause(on: boolean): void {
    this.paused = on;
  }

  stop(): void {
    this.finish({ durationMs: 5_000, why: 'stopped' });
  }
}

/** A caller's leg whose playbacks end when the test says so. */
export class FakeCallerLeg implements CallerLeg {
  readonly callId: CallId;
  readonly identity: LegIdentity;
  readonly played: string[] = [];
  music: string | undefined;
  hungUp = false;
  readonly recordings: { file: string; options: RecordOptions }[] = [];
  readonly secrets: boolean[] = [];
  finishRecording: (recorded: Recorded) => void = () => {};
  #end: ((how: 'played' | 'stopped') => void) | undefined;

  constructor(id: CallId) {
    this.callId = id;
    this.identity = identity(id);
  }

  play(files: readonly string[]): Promise<'played' | 'stopped'> {
    this.#end?.('stopped');
    this.played.push(...files);
    return new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  playEndlessly(file: string): void {
    this.music = file;
  }

  stopPlaying(): void {
    this.music = undefined;
    this.finishPlaying('stopped');
  }

  finishPlaying(how: 'played' | 'stopped' = 'played'): void {
    this.#end?.(how);
    this.#end = undefined;
  }

  record(file: string, options: RecordOptions): Promise<Recorded> {
    this.recordings.push({ file, options });
    return new Promise((resolve) => {
      this.finishRecording = resolve;
    });
  }

  stopRecording(): void {
    this.finishRecording({ durationMs: 1_000, why: 'stopped' });
  }

  readonly tapes: FakeTape[] = [];
  tapeStarts = true;

  tape(file: string, options: TapeOptions): Tape {
    const tape = new FakeTape(file, options, this.tapeStarts);
    this.tapes.push(tape);
    return tape;
  }

  secret(on: boolean): void {
    this.secrets.push(on);
  }

  /** Who listens to the caller now: tests speak into it. */
  sink: AudioSink | undefined;

  hear(_sampleRate: number, sink: AudioSink): LiveAudio {
    this.sink = sink;
    return {
      stop: () => {
        if (this.sink === sink) this.sink = undefined;
      },
    };
  }

  hangup(): void {
    this.hungUp = true;
  }
}

export class FakeAgentLeg implements AgentLeg {
  readonly agentId: AgentLeg['agentId'];
  readonly identity: LegIdentity;
  readonly played: string[] = [];
  music: string | undefined;
  hungUp = false;

  constructor(request: RingRequest) {
    this.agentId = request.agentId;
    this.identity = identity(request.offerId);
  }

  async play(files: readonly string[]): Promise<'played'> {
    this.played.push(...files);
    return 'played';
  }

  playEndlessly(file: string): void {
    this.music = file;
  }

  stopPlaying(): void {
    this.music = undefined;
  }

  hangup(): void {
    this.hungUp = true;
  }
}

/** A call that the house has placed; the test says what becomes of it. */
export class FakeDialling implements Dialling {
  readonly sipCallId: string;
  readonly request: DialRequest;
  readonly events: DialEvents;
  hungUp = false;

  constructor(request: DialRequest, events: DialEvents) {
    this.request = request;
    this.events = events;
    this.sipCallId = `sip-${request.callId}`;
  }

  /** Somebody answers. */
  answer(): FakeCallerLeg {
    const leg = new FakeCallerLeg(this.request.callId);
    this.events.answered(leg);
    return leg;
  }

  hangup(): void {
    this.hungUp = true;
  }
}

/** Telephony without telephones: what a real one cannot be made to do on cue, races above all. */
export class FakeTelephony implements Telephony, Switchboard, Overhearing<CallerLeg | AgentLeg> {
  readonly rings: RingRequest[] = [];
  readonly cancelled: OfferId[] = [];
  readonly bridges: [Leg, Leg][] = [];
  readonly dials: FakeDialling[] = [];
  bridgeSucceeds = true;
  /** Who listens to whom, and how: in the order of the orders. */
  readonly overheard: [CallerLeg | AgentLeg, string][] = [];
  /** Whom each supervisor listens to, or listened to last. */
  readonly overheardLegs = new Map<Leg, Leg>();
  overhears = true;

  async overhear(
    supervisor: CallerLeg | AgentLeg,
    target: CallerLeg | AgentLeg,
    mode: string,
  ): Promise<boolean> {
    this.overheardLegs.set(supervisor, target);
    this.overheard.push([supervisor, mode]);
    return this.overhears;
  }

  async overhearAs(supervisor: CallerLeg | AgentLeg, mode: string): Promise<boolean> {
    this.overheard.push([supervisor, mode]);
    return true;
  }

  async stopOverhearing(supervisor: CallerLeg | AgentLeg): Promise<boolean> {
    this.overheard.push([supervisor, 'stopped']);
    return true;
  }

  ring(request: RingRequest): void {
    this.rings.push(request);
  }

  cancelRing(offerId: OfferId): void {
    this.cancelled.push(offerId);
  }

  dial(request: DialRequest, events: DialEvents): Dialling {
    const dialling = new FakeDialling(request, events);
    this.dials.push(dialling);
    return dialling;
  }

  bridge(one: Leg, other: Leg): Promise<boolean> {
    this.bridges.push([one, other]);
    this.hearing = [one, other];
    return this.#bridging.then(() => this.bridgeSucceeds);
  }

  #bridging: Promise<void> = Promise.resolve();

  /** Bridges are promised from now on, and made when the test says so. */
  bridgesLate(): () => void {
    let made = (): void => {};
    this.#bridging = new Promise((resolve) => {
      made = resolve;
    });
    return made;
  }

  /** Whoever hears each other now. */
  hearing: readonly Leg[] = [];

  part(): Promise<boolean> {
    this.hearing = [];
    return Promise.resolve(true);
  }

  joinThird(third: Leg): Promise<boolean> {
    this.hearing = [...this.hearing, third];
    return Promise.resolve(true);
  }

  leaveThird(third: Leg): Promise<boolean> {
    this.hearing = this.hearing.filter((leg) => leg !== third);
    return Promise.resolve(true);
  }
}
