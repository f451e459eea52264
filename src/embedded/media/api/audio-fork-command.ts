import type { Channel } from '../channel/channel.ts';
import { AudioFork, type ForkOptions } from '../fork/audio-fork.ts';
import { type ApiCommand, firstWord } from './command.ts';

const USAGE =
  '-USAGE: <uuid> [start | stop | send_text | pause | resume | graceful-shutdown ] [wss-url | path] [mono | mixed | stereo] [8000 | 16000 | 24000 | 32000 | 64000] [bugname] [metadata]\n';
const FAILED = '-ERR Operation Failed\n';
const DONE = '+OK Success\n';
const NAME = 'audio_fork';
const MIXES = new Set(['mono', 'mixed', 'stereo']);
/** Each costs a connection and some arithmetic every 20 ms. */
const FORKS_MAX = 4;

/** `uuid_audio_fork`, with the words and answers of drachtio's mod_audio_fork. */
export const audioFork: ApiCommand = (world, argument) => {
  const [uuid, rest] = firstWord(argument);
  const [action, after] = firstWord(rest);
  const order = action.toLowerCase();
  if (order === '' || (order === 'start' && after.split(/\s+/).length < 2)) return USAGE;
  const channel = world.channels.get(uuid);
  if (!channel?.up) return FAILED;
  // The module says nothing at all to a way of mixing that it does not know.
  if (order === 'start' && !MIXES.has(after.split(/\s+/)[1] ?? '')) return '';
  return (order === 'start' ? start(channel, after) : steer(channel, order, after)) ? DONE : FAILED;
};

function start(channel: Channel, text: string): boolean {
  const options = parseStart(text);
  if (!options || forkOf(channel, options.name) || forks(channel).length >= FORKS_MAX) return false;
  channel.core.soon(() => {
    if (channel.up) new AudioFork(channel, options).start();
  });
  return true;
}

/** `URL mono|mixed|stereo RATE [NAME] [METADATA]`: what begins with a brace is metadata, whatever its place. */
export function parseStart(text: string): ForkOptions | undefined {
  const [, url = '', mix = '', rate = '8000', more = ''] =
    /^(\S+)\s+(\S+)(?:\s+(\S+))?(?:\s+(.*))?$/s.exec(text) ?? [];
  const sampleRate = { '8k': 8_000, '16k': 16_000 }[rate] ?? Number(rate);
  if (mix !== 'mono' && mix !== 'mixed' && mix !== 'stereo') return undefined;
  if (sampleRate !== 8_000 && sampleRate !== 16_000) return undefined;
  if (!/^(ws|wss|http|https):\/\/[^\s]+$/.test(url) || !URL.canParse(url)) return undefined;
  const { name, text: metadata } = nameAndText(more);
  return { url: url.replace(/^http/, 'ws'), mix, sampleRate, name, metadata };
}

function steer(channel: Channel, order: string, after: string): boolean {
  const { name, text } = nameAndText(after);
  const fork = forkOf(channel, name);
  if (!fork) return false;
  switch (order) {
    case 'stop':
    case 'graceful-shutdown':
      fork.stop(text);
      return true;
    case 'send_text':
      fork.sendText(text);
      return text !== '';
    case 'pause':
    case 'resume':
      fork.paused = order === 'pause';
      return true;
    default:
      return false;
  }
}

function nameAndText(text: string): { readonly name: string; readonly text: string } {
  if (text === '' || /^[{[]/.test(text)) return { name: NAME, text };
  const [name, rest] = firstWord(text);
  return { name, text: rest };
}

const forks = (channel: Channel): AudioFork[] =>
  [...channel.taps].filter((tap) => tap instanceof AudioFork);

const forkOf = (channel: Channel, name: string): AudioFork | undefined =>
  forks(channel).find((fork) => fork.name === name);
