import { causeOf } from '../channel/causes.ts';
import type { Channel } from '../channel/channel.ts';
import { parkActivity } from '../channel/dialplan.ts';
import { isTrue } from '../channel/variables.ts';
import type { Application } from '../world.ts';
import { AnswerActivity } from './answer.ts';
import { CollectActivity, parseCollectOptions } from './collect.ts';
import { EavesdropActivity } from './eavesdrop.ts';
import { EchoActivity } from './echo.ts';
import { PlaybackActivity } from './playback.ts';
import { RecordActivity } from './record.ts';
import { type RecordingVariable, recordersOf, SessionRecorder } from './recorder.ts';
import { SleepActivity } from './sleep.ts';
import { hearTones, ignoreTones } from './tone-keys.ts';

const DIGIT_MS = 250;

const nothing: Application = () => 'done';

const setOne: Application = (_, channel, data) => {
  const equals = data.indexOf('=');
  if (equals < 0) channel.variables.set(data.trim(), undefined);
  else channel.variables.set(data.slice(0, equals).trim(), data.slice(equals + 1));
  return 'done';
};

/** `multiset a=1 b=2`, or with another delimiter: `^^|a=1|b=2`. */
const multiset: Application = (world, channel, data) => {
  const other = /^\^\^(.)/.exec(data)?.[1];
  const list = other ? data.slice(3).split(other) : data.split(' ');
  for (const each of list) if (each !== '') setOne(world, channel, each);
  return 'done';
};

const recordSession: Application = (_, channel, data) => {
  const [path = '', limit] = data.split('+');
  startRecording(channel, path.trim(), Number(limit) || 0);
  return 'done';
};

/** False: it is being recorded to that file already. */
export function startRecording(
  channel: Channel,
  path: string,
  limitSeconds: number,
  variable?: RecordingVariable,
): boolean {
  if (recordersOf(channel, path).length > 0) return false;
  new SessionRecorder(channel, path, limitSeconds, variable).start();
  return true;
}

const playAndGetDigits: Application = (world, channel, data) => {
  const options = parseCollectOptions(data);
  return options ? new CollectActivity(world, channel, options) : 'done';
};

const startTones: Application = (_, channel) => {
  hearTones(channel);
  return 'done';
};

const stopTones: Application = (_, channel) => {
  ignoreTones(channel);
  return 'done';
};

/** The dialplan applications by name; a name that is not here hangs the channel up, as in FreeSWITCH. */
export const APPLICATIONS: Readonly<Record<string, Application>> = {
  answer: (_, channel) => new AnswerActivity(channel),
  park: (_, channel) => parkActivity(channel),
  hangup: (_, channel, data) => {
    channel.hangup(causeOf(data));
    return 'done';
  },
  playback: (world, channel, data) => new PlaybackActivity(world, channel, data),
  endless_playback: (world, channel, data) =>
    new PlaybackActivity(world, channel, data, { endless: true }),
  loop_playback: (world, channel, data) =>
    new PlaybackActivity(world, channel, data.replace(/^\+-?\d+\s+/, ''), { endless: true }),
  play_and_get_digits: playAndGetDigits,
  sleep: (_, __, data) => new SleepActivity(data),
  echo: (_, channel) => new EchoActivity(channel),
  set: setOne,
  export: setOne,
  multiset,
  unset: (_, channel, data) => {
    channel.variables.set(data.trim(), undefined);
    return 'done';
  },
  multiunset: (_, channel, data) => {
    for (const name of data.replace(/^\^\^./, '').split(/[ ,|]/)) {
      channel.variables.set(name, undefined);
    }
    return 'done';
  },
  record: (_, channel, data) => new RecordActivity(channel, data),
  record_session: recordSession,
  stop_record_session: (_, channel, data) => {
    for (const recorder of recordersOf(channel, data.trim())) recorder.stop();
    return 'done';
  },
  set_mute: (_, channel, data) => {
    const [which, value] = data.split(' ');
    if (which === 'read' || which === 'both') channel.muted = isTrue(value);
    return 'done';
  },
  send_dtmf: (_, channel, data) => {
    const [digits = '', ms] = data.split('@');
    channel.sendDigits(digits, Number(ms) || DIGIT_MS);
    return 'done';
  },
  conference: (world, channel, data) => world.conferences.join(channel, data),
  socket: (world, channel, data) => world.openSocket(channel, data),
  eavesdrop: (world, channel, data) => new EavesdropActivity(world, channel, data.trim()),
  three_way: (world, channel, data) => new EavesdropActivity(world, channel, data.trim(), '3'),
  break: (_, channel) => {
    channel.executor.breakTop(false);
    return 'done';
  },
  log: nothing,
  info: nothing,
  event: nothing,
  start_dtmf: startTones,
  stop_dtmf: stopTones,
  spandsp_start_dtmf: startTones,
  spandsp_stop_dtmf: stopTones,
  flush_dtmf: nothing,
  pre_answer: nothing,
  ring_ready: nothing,
};
