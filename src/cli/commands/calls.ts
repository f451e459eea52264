import { type Command, first, path, print, text, type Values } from '../command.ts';
import { usageError } from '../errors.ts';
import { callNamed } from './which-call.ts';

const why: Command = {
  name: 'why',
  usage: 'CALL|NUMBER [--zone Europe/Madrid]',
  summary: 'Why a call waits, or was served as it was',
  options: { zone: { type: 'string' } },
  arguments: { min: 1, max: 1 },
  async run(terminal, args, values) {
    const id = await callNamed(terminal, first(args));
    const zone = text(values, 'zone') ?? terminal.zone;
    const { text: story } = await terminal.client.send(
      'GET',
      `/v1/calls/${path(id)}/why?zone=${path(zone)}`,
      { accept: terminal.json ? 'application/json' : 'text/plain' },
    );
    terminal.out(story.endsWith('\n') ? story : `${story}\n`);
    return 0;
  },
};

const hangup: Command = {
  name: 'hangup',
  usage: 'CALL|NUMBER',
  summary: 'Ends a call in progress',
  arguments: { min: 1, max: 1 },
  async run(terminal, args) {
    const id = await callNamed(terminal, first(args));
    await terminal.client.send('DELETE', `/v1/calls/${path(id)}`);
    print(terminal, { callId: id }, () => `Hung up: ${id}\n`);
    return 0;
  },
};

/** The ways to say where to; the API knows them by the same names. */
const PLACES = ['queue', 'agent', 'flow', 'number', 'sip'] as const;

const transfer: Command = {
  name: 'transfer',
  usage: 'CALL|NUMBER --queue Q | --agent A | --flow F [--node N] | --number N | --sip URI',
  summary: 'Sends a call elsewhere, out of a line or a conversation',
  options: Object.fromEntries([...PLACES, 'node'].map((name) => [name, { type: 'string' }])),
  arguments: { min: 1, max: 1 },
  async run(terminal, args, values) {
    const to = destinationIn(values);
    const id = await callNamed(terminal, first(args));
    await terminal.client.send('POST', `/v1/calls/${path(id)}/transfer`, { body: { to } });
    print(terminal, { callId: id, to }, () => `Transferred: ${id}\n`);
    return 0;
  },
};

function destinationIn(values: Values): Readonly<Record<string, string>> {
  const named = [...PLACES, 'node' as const].flatMap((name) => {
    const value = text(values, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const places = named.filter(([name]) => name !== 'node');
  if (places.length !== 1) throw usageError(`Say one of --${PLACES.join(', --')}.`);
  return Object.fromEntries(named);
}

const priority: Command = {
  name: 'priority',
  usage: 'CALL|NUMBER 0-10',
  summary: 'Gives a call that waits another priority, and so another place',
  arguments: { min: 2, max: 2 },
  async run(terminal, [called = '', level = '']) {
    if (!/^\d+$/.test(level)) throw usageError(`A priority is a number from 0 to 10: ${level}`);
    const id = await callNamed(terminal, called);
    const call = await terminal.client.json<{ readonly position?: number }>(
      'PATCH',
      `/v1/calls/${path(id)}`,
      { body: { priority: Number(level) } },
    );
    const place = call.position ? `position ${call.position}` : 'a phone rings for it';
    print(terminal, call, () => `Priority ${level}: ${id}, ${place}\n`);
    return 0;
  },
};

export const callCommands: readonly Command[] = [why, hangup, transfer, priority];
