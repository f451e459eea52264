import { type Command, first, path, print, text } from '../command.ts';
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

export const callCommands: readonly Command[] = [why, hangup];
