import { own } from '../../../lib/own.ts';
import { causeOf } from '../channel/causes.ts';
import type { World } from '../world.ts';
import { type ApiCommand, firstWord } from './command.ts';
import {
  showChannels,
  sofiaStatus,
  sofiaStatusProfile,
  statusText,
  versionText,
} from './status.ts';
import { UUID_COMMANDS } from './uuid-commands.ts';

const sofia: ApiCommand = (world, argument) => {
  const words = argument.trim().split(/\s+/);
  const address = world.sipAddress();
  if (words[0] !== 'status') return '-ERR Unknown command!\n';
  if (words.length === 1) return sofiaStatus(address);
  if (words[1] === 'profile' && words[2] === 'drachtio_mrf') {
    return sofiaStatusProfile(world, address);
  }
  return 'Invalid Profile!\n';
};

const show: ApiCommand = (world, argument) => {
  const [what, rest] = firstWord(argument);
  if (what === 'channels' || what === 'calls' || what === 'bridged_calls') {
    return showChannels(world, rest);
  }
  return /\bas\s+json\b/.test(rest) ? '{"row_count": 0}' : '\n0 total.\n';
};

const hangupAll: ApiCommand = (world, argument) => {
  const [word] = firstWord(argument);
  const cause = word === '' ? 'MANAGER_REQUEST' : causeOf(word);
  const channels = [...world.channels.values()];
  world.core.soon(() => {
    for (const channel of channels) channel.hangup(cause);
  });
  return `+OK hangup all channels with cause ${cause}\n`;
};

/** Of FreeSWITCH's modules, those whose applications and commands are here and may be missing there. */
const MODULES = ['mod_audio_fork', 'mod_spandsp'];

const COMMANDS: Readonly<Record<string, ApiCommand>> = {
  ...UUID_COMMANDS,
  conference: (world, argument) => world.conferences.command(argument),
  create_uuid: (world) => world.core.newId(),
  echo: (_, argument) => argument,
  global_getvar: (world, argument) =>
    argument.trim() === ''
      ? [...world.core.globals].map(([name, value]) => `${name}=${value}\n`).join('')
      : (world.core.globals.get(argument.trim()) ?? ''),
  global_setvar: (world, argument) => {
    const equals = argument.indexOf('=');
    if (equals <= 0) return '-USAGE: <var>=<value>\n';
    world.core.globals.set(argument.slice(0, equals).trim(), argument.slice(equals + 1));
    return '+OK';
  },
  hostname: (world) => world.core.hostname,
  hupall: hangupAll,
  module_exists: (_, argument) => String(MODULES.includes(argument.trim())),
  reloadxml: () => '+OK [Success]\n',
  show,
  sofia,
  status: (world) => statusText(world),
  strepoch: (world) => String(Math.floor(world.core.clock.now() / 1000)),
  version: () => versionText(),
};

/** Runs `name argument`. A command that fails unexpectedly answers so, and is told to the log. */
export function runApi(world: World, text: string): string {
  const [name, argument] = firstWord(text);
  const command = own(COMMANDS, name.toLowerCase());
  if (!command) return `-ERR ${name} Command not found!\n`;
  try {
    return command(world, argument) || '-ERR no reply\n';
  } catch (error) {
    world.core.logger.error({ command: name, error: String(error) }, 'An api command failed.');
    return '-ERR Command failed!\n';
  }
}
