import { type Command, first, path, print, type Terminal, text } from '../command.ts';
import { usageError } from '../errors.ts';

interface Calendar {
  readonly id: string;
  readonly now: { readonly state: string; readonly opensAt?: string; readonly closesAt?: string };
}

const wordsFor = ({ id, now }: Calendar): string => {
  const next = now.opensAt
    ? `, opens ${now.opensAt}`
    : now.closesAt
      ? `, closes ${now.closesAt}`
      : '';
  return `${id} is ${now.state} now${next}.\n`;
};

function untilOf(value: string | undefined, terminal: Terminal): { until?: string } {
  if (value === undefined) return {};
  const span = /^(\d{1,4})(m|h|d)$/.exec(value);
  const unit = { m: 60_000, h: 3_600_000, d: 86_400_000 }[span?.[2] ?? ''];
  const at = span && unit ? terminal.now() + Number(span[1]) * unit : Date.parse(value);
  if (Number.isNaN(at))
    throw usageError('--until: 45m, 2h, 1d, or a time such as 2026-11-23T09:00:00Z.');
  return { until: new Date(at).toISOString() };
}

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
    const calendar = await terminal.client.json<Calendar>(
      'PUT',
      `/v1/calendars/${path(first(args))}/closure`,
      {
        body: {
          reason,
          ...untilOf(text(values, 'until'), terminal),
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
