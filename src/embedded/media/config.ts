/** How the embedded media server is set up; the names are those of freeswitch/vars.xml where it has them. */
export interface MediaServerConfig {
  readonly sipHost: string;
  /** 0: any. */
  readonly sipPort: number;
  readonly eslHost: string;
  /** 0: any. */
  readonly eslPort: number;
  readonly secret: string;
  /** Where RTP is received, and what SDP announces unless `rtpAnnounced` says otherwise. */
  readonly rtpIp: string;
  readonly rtpAnnounced?: string;
  readonly rtpPortMin: number;
  readonly rtpPortMax: number;
  /** Absent: as many as there are ports for. */
  readonly maxSessions?: number;
  readonly sessionsPerSecond?: number;
  /** Names without a leading slash are played from here. */
  readonly soundsDir?: string;
  readonly heartbeatSeconds?: number;
  /** A channel without RTP for so long is hung up (MEDIA_TIMEOUT); 0: never. */
  readonly mediaTimeoutMs?: number;
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

export type CompleteConfig = Required<MediaServerConfig>;

/** Fills in the defaults, which are those of freeswitch/vars.xml; but there are as many sessions as ports. */
export function completeConfig(config: MediaServerConfig): CompleteConfig {
  return {
    rtpAnnounced: config.rtpIp,
    maxSessions: Math.floor((config.rtpPortMax + 1 - config.rtpPortMin) / 2),
    sessionsPerSecond: 500,
    soundsDir: '/',
    heartbeatSeconds: 5,
    mediaTimeoutMs: 300_000,
    logLevel: 'silent',
    ...config,
  };
}

/** The ports that a started server got. */
export interface MediaServerPorts {
  readonly sipPort: number;
  readonly eslPort: number;
}

/** What a started server tells: its ports, and how to end it. */
export interface MediaServer extends MediaServerPorts {
  close(): Promise<void>;
}
