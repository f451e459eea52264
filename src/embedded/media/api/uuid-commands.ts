import { causeOf } from '../channel/causes.ts';
import type { Channel } from '../channel/channel.ts';
import { addChannelData } from '../channel/channel-events.ts';
import { parkChannel } from '../channel/dialplan.ts';
import type { Action, World } from '../world.ts';
import { audioFork } from './audio-fork-command.ts';
import { type ApiCommand, firstWord, NO_SUCH_CHANNEL, onChannel } from './command.ts';
import { record } from './record-command.ts';

/** FreeSWITCH's default digit: 2,000 samples of 8 kHz. */
const DIGIT_MS = 250;
const DIGITS_MAX = 128;

const bridge: ApiCommand = (world, argument) => {
  const [uuidA, uuidB] = argument.trim().split(/\s+/);
  if (!uuidA || !uuidB) return '-USAGE: <uuid> <other_uuid>\n';
  const a = world.channels.get(uuidA);
  const b = world.channels.get(uuidB);
  if (!a?.up || !b?.up) return '-ERR Invalid uuid\n';
  world.core.soon(() => world.bridges.bridge(a, b));
  return `+OK ${uuidB}\n`;
};

const kill = onChannel((world, channel, rest) => {
  world.core.soon(() => channel.hangup(causeOf(rest === '' ? undefined : rest)));
  return '+OK\n';
});

const breakIt = onChannel((world, channel, rest) => {
  const all = rest.includes('all');
  const both = rest.includes('both');
  world.core.soon(() => {
    channel.executor.breakTop(all);
    if (both) channel.partner?.executor.breakTop(all);
  });
  return '+OK\n';
});

/** `uuid_fileman <uuid> pause`: of what FreeSWITCH can do to a file that plays, this alone. */
const fileman = onChannel((_, channel, rest) => {
  if (rest !== 'pause') return '-USAGE: <uuid> <cmd>:<val>\n';
  return channel.executor.top?.pause?.() ? '+OK\n' : '-ERR No file handle!\n';
});

/** `uuid_broadcast <uuid> <path or app::args> [aleg|bleg|both|holdb]` */
const broadcast = onChannel((world, channel, rest) => {
  const match = /^(.*?)(?:\s+(aleg|bleg|both|holdb))?$/s.exec(rest);
  const what = match?.[1] ?? '';
  const legs = match?.[2] ?? 'aleg';
  const [, application = 'playback', data = what] = /^(\w+)::(.*)$/s.exec(what) ?? [];
  if (what === '') return '-USAGE: <uuid> <path> [aleg|bleg|holdb|both]\n';
  const targets: (Channel | undefined)[] = [];
  if (legs !== 'bleg') targets.push(channel);
  if (legs === 'bleg' || legs === 'both') targets.push(channel.partner);
  world.core.soon(() => {
    for (const target of targets) {
      const uuid = world.core.newId();
      const more = { uuidName: undefined, lock: false, loops: 1 };
      target?.executor.submit({ application, data: data.trim(), uuid, ...more });
    }
  });
  return '+OK Message sent\n';
}, '-ERR invalid uuid\n');

/** `uuid_transfer <uuid> [-both|-bleg] <steps> inline`; without `inline` there is no dialplan to go to. */
const transfer = onChannel((world, channel, rest) => {
  const [flag, after] = firstWord(rest);
  const legs = flag === '-both' || flag === '-bleg' ? flag : '';
  const match = /^(.*?)\s+inline(?:\s+\S+)?$/s.exec(legs === '' ? rest : after);
  if (!match) return '-ERR Transfer failed\n';
  const actions = inlineActions(match[1] ?? '');
  const partner = channel.partner;
  world.core.soon(() => {
    if (legs !== '' && partner) stayAndGo(world, channel, partner, actions, legs === '-both');
    else if (legs !== '-bleg') world.bridges.transfer(channel, actions);
  });
  return '+OK\n';
});

/** Both leave the bridge before either goes on, so that none is hung up for being left behind. */
function stayAndGo(
  world: World,
  channel: Channel,
  partner: Channel,
  actions: readonly Action[],
  both: boolean,
): void {
  const before = partner.variables.get('park_after_bridge');
  partner.variables.set('park_after_bridge', 'true');
  channel.leave();
  partner.variables.set('park_after_bridge', before);
  world.bridges.transfer(partner, actions);
  if (both) world.bridges.transfer(channel, actions);
  else if (channel.up) parkChannel(channel);
}

/** `app:args,app:args`, in quotes or not, or with another delimiter: `m:^:app:args^app:args`. */
export function inlineActions(text: string): Action[] {
  let steps = text.trim().replace(/^'(.*)'$/s, '$1');
  let delimiter = ',';
  const other = /^m:(.):/.exec(steps)?.[1];
  if (other) {
    delimiter = other;
    steps = steps.slice(4);
  }
  return steps.split(delimiter).map((step) => {
    const colon = step.indexOf(':');
    if (colon < 0) return { application: step.trim(), data: '' };
    return { application: step.slice(0, colon).trim(), data: step.slice(colon + 1) };
  });
}

const park = onChannel((world, channel) => {
  world.core.soon(() => {
    channel.leave();
    if (channel.up) parkChannel(channel);
  });
  return '+OK\n';
});

const getvar = onChannel((_, channel, rest) => channel.variables.get(rest.trim()) ?? '_undef_');

const setvar = onChannel((_, channel, rest) => {
  const [name, value] = firstWord(rest);
  if (name === '') return '-USAGE: <uuid> <var> [value]\n';
  channel.variables.set(name, value);
  return '+OK\n';
});

/** `uuid_setvar_multi <uuid> a=1;b=2` */
const setvarMulti = onChannel((_, channel, rest) => {
  const other = /^\^\^(.)/.exec(rest)?.[1];
  const list = other ? rest.slice(3).split(other) : rest.split(';');
  for (const each of list) {
    const equals = each.indexOf('=');
    if (equals > 0) channel.variables.set(each.slice(0, equals).trim(), each.slice(equals + 1));
  }
  return '+OK\n';
});

const dump = onChannel((world, channel, rest) => {
  const event = world.core.event('CHANNEL_DATA');
  addChannelData(event, channel);
  return /^json$/i.test(rest) ? event.json() : event.plain();
});

function parseDigits(text: string): { digits: string; ms: number } {
  const [digits = '', samplesOrMs] = text.trim().split('@');
  return { digits: digits.slice(0, DIGITS_MAX), ms: Number(samplesOrMs) || DIGIT_MS };
}

const sendDtmf = onChannel((_, channel, rest) => {
  const { digits, ms } = parseDigits(rest);
  if (digits === '') return '-USAGE: <uuid> <dtmf_data>\n';
  channel.sendDigits(digits, ms);
  return `+OK ${channel.uuid} sent DTMF ${rest}.\n`;
}, '-ERR Cannot locate session!\n');

const receiveDtmf = onChannel((world, channel, rest) => {
  const { digits, ms } = parseDigits(rest);
  if (digits === '') return '-USAGE: <uuid> <dtmf_data>\n';
  world.core.soon(() => {
    for (const digit of digits) {
      if (/[0-9A-Da-d*#]/.test(digit)) channel.receiveDigit(digit, ms * 8, 'APP');
    }
  });
  return `+OK ${channel.uuid} received DTMF ${rest}.\n`;
}, '-ERR Cannot locate session!\n');

/** `uuid_hold [off|toggle] <uuid>`: tells the far end's side by re-INVITE in FreeSWITCH; here it only mutes us. */
const hold: ApiCommand = (world, argument) => {
  const words = argument.trim().split(/\s+/);
  const channel = world.channels.get(words[words.length - 1] ?? '');
  if (!channel?.up) return '-ERR Operation failed\n';
  const off = words[0] === 'off' || (words[0] === 'toggle' && channel.held);
  world.core.soon(() => channel.setHeld(!off));
  return '+OK Success\n';
};

const audio = onChannel((_, channel, rest) => {
  const [action, side, what, level] = rest.split(/\s+/);
  if (action === 'stop') channel.muted = false;
  else if (action !== 'start' || level === undefined) {
    return '-USAGE: <uuid> [start [read|write] [mute|level <level>]|stop]\n';
  } else if (side === 'read' && what === 'mute') channel.muted = Number(level) !== 0;
  return '+OK\n';
});

/** `sched_hangup [+]<seconds> <uuid> [<cause>]` */
const schedHangup: ApiCommand = (world, argument) => {
  const [when = '', uuid = '', cause] = argument.trim().split(/\s+/);
  const seconds = when.startsWith('+')
    ? Number(when)
    : Number(when) - world.core.clock.now() / 1000;
  const channel = world.channels.get(uuid);
  if (!channel?.up) return NO_SUCH_CHANNEL;
  if (Number.isNaN(seconds)) return '-USAGE: [+]<time> <uuid> [<cause>]\n';
  const timer = world.core.clock.after(seconds * 1000, () => channel.hangup(causeOf(cause)));
  channel.timers.add(timer);
  return '+OK\n';
};

/** The commands of which the first word is a channel. */
export const UUID_COMMANDS: Readonly<Record<string, ApiCommand>> = {
  uuid_audio: audio,
  uuid_audio_fork: audioFork,
  uuid_break: breakIt,
  uuid_bridge: bridge,
  uuid_broadcast: broadcast,
  uuid_dump: dump,
  uuid_exists: (world, argument) => String(world.channels.get(argument.trim())?.up ?? false),
  uuid_fileman: fileman,
  uuid_flush_dtmf: onChannel(() => '+OK\n'),
  uuid_getvar: getvar,
  uuid_hold: hold,
  uuid_kill: kill,
  uuid_park: park,
  uuid_record: record,
  uuid_recv_dtmf: receiveDtmf,
  uuid_send_dtmf: sendDtmf,
  uuid_set_media_stats: onChannel((_, channel) => {
    channel.setMediaStats();
    return '+OK Success\n';
  }),
  uuid_setvar: setvar,
  uuid_setvar_multi: setvarMulti,
  uuid_transfer: transfer,
  sched_hangup: schedHangup,
};
