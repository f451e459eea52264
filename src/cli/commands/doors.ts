import { type Command, first, path, print, text } from '../command.ts';
import { usageError } from '../errors.ts';
import { momentOf } from '../moments.ts';

interface Calendar {
  readonly id: string;
  readonly now: { readonly state: string; readonly opensAt?: string; readonly closesAt?: string };
}

const STATES: Readonly<Record<string, string>> = {
  emergency: 'closed (emergency)',
  holiday: 'closed (holiday)',
};

const wordsFor = ({ id, now }: Calendar): string => {
  const next = now.opensAt
    ? `, opens ${now.opensAt}`
    : now.closesAt
      ? `, closes ${now.closesAt}`
      : '';
  const state = STATES[now.state] ?? now.state;
  return `${id} is ${state} now${next}.\n`;
};

const close: Command = {
  name: 'close',
  usage: 'CALENDAR --reason TEXT [--until 2h|TIME] [--message TEXT --language es]',
  summary: 'Closes a site at once, until it is opened or the time is up',
  options: {
    reason: { type: 'string' },
    until: { type: 'string' },
    message: { type: 'string' },
    language: { type: 'string' },
  },
  arguments: { min: 1, max: 1 },
  async run(terminal, args, values) {
    const reason = text(values, 'reason');
    if (!reason) throw usageError('--reason: why, for those who ask later.');
    const message = text(values, 'message');
    const until = text(values, 'until');
    const calendar = await terminal.client.json<Calendar>(
      'PUT',
      `/v1/calendars/${path(first(args))}/closure`,
      {
        body: {
          reason,
          ...(until ? { until: momentOf('--until', until, terminal.now()) } : {}),
          ...(message ? { message: { [text(values, 'language') ?? 'es']: message } } : {}),
        },
      },
    );
    print(terminal, calendar, () => wordsFor(calendar));
    return 0;
  },
};

const open: Command = {
  name: 'open',
  usage: 'CALENDAR',
  summary: 'Lifts a closure: the hours count again',
  arguments: { min: 1, max: 1 },
  async run(terminal, args) {
    const calendar = await terminal.client.json<Calendar>(
      'DELETE',
      `/v1/calendars/${path(first(args))}/closure`,
    );
    print(terminal, calendar, () => wordsFor(calendar));
    return 0;
  },
};

const signOut: Command = {
  name: 'signout',
  usage: 'AGENT',
  summary: 'Signs an agent out; a call in progress goes on to its end',
  arguments: { min: 1, max: 1 },
  async run(terminal, args) {
    const agent = await terminal.client.json<{ id: string; live?: { state: string } }>(
      'POST',
      `/v1/agents/${path(first(args))}/sign-out`,
    );
    print(terminal, agent, () => `${agent.id} is ${agent.live?.state ?? 'unknown'}.\n`);
    return 0;
  },
};

export const doorCommands: readonly Command[] = [close, open, signOut];
