import type { Channel } from '../channel/channel.ts';
import { VERSION } from '../core.ts';
import type { World } from '../world.ts';

/** `status` in FreeSWITCH's words. */
export function statusText(world: World): string {
  const { counters, core } = world;
  return [
    `UP ${upTime(core.clock.now() - core.startedAtMs)}`,
    `FreeSWITCH (Version ${VERSION} 64bit) is ready`,
    `${counters.sinceStartup} session(s) since startup`,
    `${world.channels.size} session(s) - peak ${counters.peak}, last 5min ${counters.peak} `,
    `${counters.lastSecond} session(s) per Sec out of max ${core.config.sessionsPerSecond}, peak ${counters.peakPerSecond}, last 5min ${counters.peakPerSecond} `,
    `${core.config.maxSessions} session(s) max`,
    'min idle cpu 0.00/100.00',
    'Current Stack Size/Max 240K/8192K',
    '',
  ].join('\n');
}

export function upTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 31_536_000), 'years'],
    [Math.floor(seconds / 86_400) % 365, 'days'],
    [Math.floor(seconds / 3600) % 24, 'hours'],
    [Math.floor(seconds / 60) % 60, 'minutes'],
    [seconds % 60, 'seconds'],
    [Math.floor(ms) % 1000, 'milliseconds'],
    [0, 'microseconds'],
  ];
  return parts.map(([count, unit]) => `${count} ${unit}`).join(', ');
}

export function versionText(): string {
  return `FreeSWITCH Version ${VERSION} (Centralita's embedded media server, not FreeSWITCH)`;
}

const LINE = '='.repeat(97);

/** `sofia status`: drachtio-fsmrf looks here for the profile's address. */
export function sofiaStatus(address: string): string {
  const data = `sip:mod_sofia@${address}`;
  return [
    `${'Name'.padStart(25)}\t${'Type'.padStart(7)}\t${'Data'.padStart(42)}\tState`,
    LINE,
    `${'drachtio_mrf'.padStart(25)}\tprofile\t${data.padStart(42)}\tRUNNING (0)`,
    LINE,
    '1 profile 0 aliases\n',
  ].join('\n');
}

export function sofiaStatusProfile(world: World, address: string): string {
  const { config } = world.core;
  const [host = ''] = address.split(':');
  const rows: [string, string | number][] = [
    ['Name', 'drachtio_mrf'],
    ['Domain Name', 'N/A'],
    ['Auto-NAT', 'false'],
    ['DBName', 'sofia_reg_drachtio_mrf'],
    ['Pres Hosts', ''],
    ['Dialplan', 'XML'],
    ['Context', 'centralita'],
    ['Challenge Realm', 'auto_to'],
    ['RTP-IP', config.rtpIp],
    ['Ext-RTP-IP', config.rtpAnnounced],
    ['SIP-IP', host],
    ['URL', `sip:mod_sofia@${address}`],
    ['BIND-URL', `sip:mod_sofia@${address};transport=udp,tcp`],
    ['HOLD-MUSIC', 'N/A'],
    ['OUTBOUND-PROXY', 'N/A'],
    ['CODECS IN', 'G722,PCMA,PCMU'],
    ['CODECS OUT', 'G722,PCMA,PCMU'],
    ['TEL-EVENT', 101],
    ['DTMF-MODE', 'rfc2833'],
    ['CNG', 0],
    ['SESSION-TO', 0],
    ['MAX-DIALOG', 0],
    ['NOMEDIA', 'false'],
    ['LATE-NEG', 'true'],
    ['PROXY-MEDIA', 'false'],
    ['AGGRESSIVENAT', 'false'],
    ['CALLS-IN', world.counters.sinceStartup],
    ['FAILED-CALLS-IN', 0],
    ['CALLS-OUT', 0],
    ['FAILED-CALLS-OUT', 0],
    ['REGISTRATIONS', 0],
  ];
  const body = rows.map(([name, value]) => `${name.padEnd(17)}\t${value}`).join('\n');
  return `${LINE}\n${body}\n`;
}

const COLUMNS = [
  'uuid',
  'direction',
  'created',
  'created_epoch',
  'name',
  'state',
  'cid_name',
  'cid_num',
  'ip_addr',
  'dest',
  'context',
  'read_codec',
  'read_rate',
  'write_codec',
  'write_rate',
  'hostname',
  'callstate',
  'call_uuid',
] as const;

function row(world: World, channel: Channel): Record<(typeof COLUMNS)[number], string> {
  const { profile } = channel;
  const created = new Date(profile.createdUs / 1000);
  const codec = channel.rtp?.agreed ? channel.rtp.codec : undefined;
  return {
    uuid: channel.uuid,
    direction: 'inbound',
    created: created.toISOString().slice(0, 19).replace('T', ' '),
    created_epoch: String(Math.floor(created.getTime() / 1000)),
    name: profile.channelName,
    state: channel.state,
    cid_name: profile.callerIdName,
    cid_num: profile.callerIdNumber,
    ip_addr: profile.networkAddress,
    dest: profile.destination,
    context: 'centralita',
    read_codec: codec?.name ?? '',
    read_rate: codec ? String(codec.sampleRate) : '',
    write_codec: codec?.name ?? '',
    write_rate: codec ? String(codec.sampleRate) : '',
    hostname: world.core.hostname,
    callstate: channel.callState,
    call_uuid: channel.variables.get('call_uuid') ?? '',
  };
}

/** `show channels [count] [as json]`. */
export function showChannels(world: World, argument: string): string {
  const json = /\bas\s+json\b/.test(argument);
  const count = world.channels.size;
  if (/^\s*count\b/.test(argument)) {
    return json ? JSON.stringify({ row_count: count }) : `\n${count} total.\n`;
  }
  const rows = [...world.channels.values()].map((channel) => row(world, channel));
  if (json) {
    return JSON.stringify(count === 0 ? { row_count: 0 } : { row_count: count, rows });
  }
  if (count === 0) return '\n0 total.\n';
  const lines = rows.map((each) => COLUMNS.map((name) => each[name]).join(','));
  return `${COLUMNS.join(',')}\n${lines.join('\n')}\n\n${count} total.\n`;
}

/** The share of time in which this thread was free: HEARTBEAT's Idle-CPU. */
export class IdleMeter {
  #last = performance.eventLoopUtilization();

  percent(): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#last);
    this.#last = now;
    return Math.round((1 - utilization) * 1e8) / 1e6;
  }
}
