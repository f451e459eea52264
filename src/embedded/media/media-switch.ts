import { own } from '../../lib/own.ts';
import type { IncomingCall } from '../sip/index.ts';
import { IdleMeter, upTime } from './api/status.ts';
import { APPLICATIONS } from './apps/applications.ts';
import { ClipCache } from './audio/clip-cache.ts';
import { MediaFiles } from './audio/media-file.ts';
import type { Activity } from './channel/activity.ts';
import { Bridges } from './channel/bridges.ts';
import { Channel } from './channel/channel.ts';
import { parkChannel, routeOf, runActions } from './channel/dialplan.ts';
import type { Execution, ExecutorHost } from './channel/executor.ts';
import { Conferences } from './conference/conferences.ts';
import { type SwitchCore, VERSION } from './core.ts';
import { SocketActivity } from './esl/outbound.ts';
import { EslServer } from './esl/server.ts';
import type { SipLeg } from './profile/leg.ts';
import { SipProfile } from './profile/sip-profile.ts';
import { MediaClock, monotonicTime, type TimeSource } from './rtp/media-clock.ts';
import type { RtpSession } from './rtp/rtp-session.ts';
import type { Counters, World } from './world.ts';

/** Every channel's RTP timeout is looked at this often. */
const TIMEOUT_TICKS = 50;

/** The whole media server: what it consists of, and how a channel begins and ends. */
export class MediaSwitch implements World {
  readonly core: SwitchCore;
  readonly channels = new Map<string, Channel>();
  readonly files: MediaFiles;
  readonly bridges: Bridges;
  readonly conferences: Conferences;
  readonly counters: Counters = { sinceStartup: 0, peak: 0, lastSecond: 0, peakPerSecond: 0 };
  readonly clock: MediaClock;
  readonly #profile: SipProfile;
  readonly #idle = new IdleMeter();
  #esl: EslServer | undefined;
  #heartbeat: { cancel(): void } | undefined;
  #second = 0;
  #closing = false;

  constructor(core: SwitchCore, time: TimeSource = monotonicTime) {
    this.core = core;
    this.files = new MediaFiles(new ClipCache(), core.config.soundsDir);
    this.bridges = new Bridges({ park: parkChannel, run: runTransferred });
    this.conferences = new Conferences(this);
    this.#profile = new SipProfile(core, {
      admit: () => this.#admit(),
      exists: (uuid) => this.channels.has(uuid),
      begin: (leg, call, rtp) => this.#begin(leg, call, rtp),
    });
    this.clock = new MediaClock(() => this.tick(), time);
  }

  async open(): Promise<void> {
    await this.#profile.open();
    try {
      this.#esl = await EslServer.open(this);
    } catch (error) {
      await this.#profile.close();
      throw error;
    }
    this.clock.start();
    this.#beat();
  }

  get sipPort(): number {
    return this.#profile.port;
  }

  get eslPort(): number {
    return this.#esl?.port ?? 0;
  }

  sipAddress(): string {
    return this.#profile.address;
  }

  openSocket(channel: Channel, data: string): Activity {
    return new SocketActivity(this, channel, data);
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    this.#heartbeat?.cancel();
    for (const channel of [...this.channels.values()]) channel.hangup('SYSTEM_SHUTDOWN');
    this.clock.stop();
    await this.#esl?.close();
    await this.#profile.close();
  }

  /** One 20 ms of every channel, in an order that lets what was heard be said in the same tick. */
  tick(): void {
    const { ticks } = this.clock;
    this.#forEach((channel) => channel.rtp?.beginTick(ticks));
    this.bridges.tick();
    this.#forEach((channel) => channel.executor.top?.tick?.());
    this.conferences.tick();
    this.#forEach((channel) => channel.endTick());
    if (ticks % TIMEOUT_TICKS === 0) this.#checkTimeouts();
  }

  #forEach(work: (channel: Channel) => void): void {
    for (const channel of this.channels.values()) {
      try {
        work(channel);
      } catch (error) {
        this.#failed(channel, error);
      }
    }
  }

  /** What one far end brought about must not end the calls of all: its channel goes, and the log says why. */
  #failed(channel: Channel, error: unknown): void {
    const stack = (error as Error)?.stack;
    this.core.logger.error({ uuid: channel.uuid, error: String(error), stack }, 'A channel failed');
    channel.hangup('NORMAL_TEMPORARY_FAILURE');
  }

  #admit(): boolean {
    if (this.#closing || this.channels.size >= this.core.config.maxSessions) return false;
    const second = Math.floor(this.core.clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.counters.lastSecond = 0;
    }
    if (this.counters.lastSecond >= this.core.config.sessionsPerSecond) return false;
    this.counters.lastSecond++;
    this.counters.peakPerSecond = Math.max(this.counters.peakPerSecond, this.counters.lastSecond);
    return true;
  }

  #begin(leg: SipLeg, call: IncomingCall, rtp: RtpSession): void {
    const channel = new Channel(this.core, this.#profile.profileOf(call), leg, (own) =>
      this.#executorHost(own),
    );
    channel.rtp = rtp;
    rtp.onKey = ({ digit, duration }) => channel.receiveDigit(digit, duration, 'RTP');
    rtp.onFailure = (error) => this.#failed(channel, error);
    channel.onDestroy = () => {
      this.channels.delete(channel.uuid);
      this.#profile.release(channel);
    };
    this.channels.set(channel.uuid, channel);
    this.counters.sinceStartup++;
    this.counters.peak = Math.max(this.counters.peak, this.channels.size);
    this.#profile.setVariables(channel, call);
    channel.variables.set('session_id', this.counters.sinceStartup);
    leg.attach(channel);
    this.#route(channel);
  }

  #route(channel: Channel): void {
    channel.setState('CS_NEW');
    channel.setState('CS_INIT');
    channel.fire('CHANNEL_CREATE');
    channel.setCallState('RINGING');
    channel.setState('CS_ROUTING');
    channel.variables.setAll([
      ['media_timeout', this.core.config.mediaTimeoutMs],
      ['playback_terminators', 'none'],
      ['park_after_bridge', 'true'],
      ['hangup_after_bridge', 'false'],
    ]);
    channel.setState('CS_EXECUTE');
    runActions(channel, routeOf(channel));
  }

  #executorHost(channel: Channel): ExecutorHost {
    return {
      begin: ({ application, data }) => own(APPLICATIONS, application)?.(this, channel, data),
      executing: (execution) => {
        channel.variables.set('current_application', execution.application);
        channel.variables.set('current_application_data', execution.data);
        channel.variables.set('current_application_response', undefined);
        this.#tellExecution('CHANNEL_EXECUTE', channel, execution);
      },
      executed: (execution, response) => {
        if (response) channel.variables.set('current_application_response', response);
        this.#tellExecution('CHANNEL_EXECUTE_COMPLETE', channel, execution, response ?? '_none_');
      },
      nowMs: () => this.core.clock.now(),
      // FreeSWITCH hangs up at an application it does not know.
      unknown: () => channel.hangup('DESTINATION_OUT_OF_ORDER'),
    };
  }

  #tellExecution(name: string, channel: Channel, execution: Execution, response?: string): void {
    channel.fire(name, undefined, (event) => {
      event.add('Application', execution.application);
      if (execution.data !== '') event.add('Application-Data', execution.data);
      if (response !== undefined) event.add('Application-Response', response);
      event.add('Application-UUID', execution.uuid);
      if (execution.uuidName !== undefined) event.add('Application-UUID-Name', execution.uuidName);
    });
  }

  #checkTimeouts(): void {
    const now = this.core.clock.now();
    for (const channel of [...this.channels.values()]) {
      const limit = Number(channel.variables.get('media_timeout') ?? 0);
      // A channel without agreed media waits for its answer; one on hold hears nothing rightly.
      if (!(limit > 0) || !channel.rtp?.agreed?.receiving || channel.held) continue;
      if (now - channel.rtp.lastReceivedMs > limit) channel.hangup('MEDIA_TIMEOUT');
    }
  }

  #beat(): void {
    this.#heartbeat = this.core.clock.after(this.core.config.heartbeatSeconds * 1000, () => {
      this.#beat();
      this.#tellHeartbeat();
    });
  }

  #tellHeartbeat(): void {
    if (!this.core.bus.wanted('HEARTBEAT')) return;
    const { counters, core } = this;
    const upMs = core.clock.now() - core.startedAtMs;
    const event = core
      .event('HEARTBEAT')
      .add('Event-Info', 'System Ready')
      .add('Up-Time', upTime(upMs))
      .add('FreeSWITCH-Version', VERSION)
      .add('Uptime-msec', upMs)
      .add('Session-Count', this.channels.size)
      .add('Max-Sessions', core.config.maxSessions)
      .add('Session-Per-Sec', core.config.sessionsPerSecond)
      .add('Session-Per-Sec-Last', counters.lastSecond)
      .add('Session-Per-Sec-Max', counters.peakPerSecond)
      .add('Session-Per-Sec-FiveMin', counters.peakPerSecond)
      .add('Session-Since-Startup', counters.sinceStartup)
      .add('Session-Peak-Max', counters.peak)
      .add('Session-Peak-FiveMin', counters.peak)
      .add('Idle-CPU', this.#idle.percent());
    core.bus.publish(event);
  }
}

/** After a transfer the channel goes through the dialplan again. */
function runTransferred(channel: Channel, actions: Parameters<typeof runActions>[1]): void {
  channel.profile.transferUs = channel.core.nowUs();
  channel.route++;
  channel.setCallState('RINGING');
  channel.setState('CS_ROUTING');
  channel.setCallState('ACTIVE');
  channel.setState('CS_EXECUTE');
  runActions(channel, actions);
}
