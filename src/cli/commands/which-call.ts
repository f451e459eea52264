import { path, type Terminal } from '../command.ts';
import { refused } from '../errors.ts';

interface LiveCall {
  readonly id: string;
  readonly arrivedAt: string;
  readonly context: { readonly ani?: string };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i;
const NUMBER = /^\+?[0-9]{3,15}$/;

/** The call of that id; of a number, the caller's call in progress, or else their last one. */
export async function callNamed({ client }: Terminal, name: string): Promise<string> {
  if (UUID.test(name) || !NUMBER.test(name)) return name;
  const digits = name.replace('+', '');
  const live = (await client.list<LiveCall>('/v1/calls')).filter(({ context }) =>
    context.ani?.replace('+', '').endsWith(digits),
  );
  const newest = live.sort((one, other) => (one.arrivedAt < other.arrivedAt ? 1 : -1))[0];
  if (newest) return newest.id;
  const [last] = await client.list<{ callId: string }>(`/v1/cdrs?ani=${path(`+${digits}`)}`, 1);
  if (last) return last.callId;
  throw refused(
    `No call of ${name}: neither in progress nor among the records (write it as +5255…).`,
  );
}
