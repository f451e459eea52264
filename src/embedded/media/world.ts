import type { MediaFiles } from './audio/media-file.ts';
import type { Activity } from './channel/activity.ts';
import type { Channel } from './channel/channel.ts';
import type { SwitchCore } from './core.ts';

/** What applications and commands may reach. */
export interface World {
  readonly core: SwitchCore;
  readonly files: MediaFiles;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly conferences: ConferenceDoor;
  readonly bridges: BridgeDoor;
  /** Connects a channel to an application that waits on a TCP port (the dialplan's `socket`). */
  openSocket(channel: Channel, data: string): Activity | 'done';
  /** Figures for `status` and HEARTBEAT. */
  readonly counters: Counters;
  /** Where the SIP profile listens, as host:port. */
  sipAddress(): string;
}

export interface Counters {
  sinceStartup: number;
  peak: number;
  lastSecond: number;
  peakPerSecond: number;
}

export interface BridgeDoor {
  /** False when one of the two is gone. */
  bridge(a: Channel, b: Channel): boolean;
  /** Takes a channel out of whatever it does and parks it or runs applications on it. */
  transfer(channel: Channel, applications: readonly Action[]): void;
}

/** A step of a dialplan. */
export interface Action {
  readonly application: string;
  readonly data: string;
}

export interface ConferenceDoor {
  join(channel: Channel, data: string): Activity | 'done';
  command(text: string): string;
}

/** An application: begins on a channel, and either has ended already or goes on as an activity. */
export type Application = (world: World, channel: Channel, data: string) => Activity | 'done';
