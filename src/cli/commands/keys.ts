import { type Command, first, path, print, text } from '../command.ts';
import { usageError } from '../errors.ts';
import { momentOf } from '../moments.ts';
import { table } from '../table.ts';

interface Key {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt?: string;
  readonly revokedAt?: string;
  /** When it was just made. */
  readonly key?: string;
}

const make: Command = {
  name: 'key make',
  usage: 'NAME --scopes calls:read,records:read [--expires 90d|TIME]',
  summary: 'Makes an API key, which is shown this once',
  options: { scopes: { type: 'string' }, expires: { type: 'string' } },
  arguments: { min: 1, max: 1 },
  async run(terminal, args, values) {
    const scopes = text(values, 'scopes')?.split(',').filter(Boolean) ?? [];
    if (scopes.length === 0)
      throw usageError('--scopes: what it may do, such as calls:read,records:read.');
    const expires = text(values, 'expires');
    const expiresAt = expires && momentOf('--expires', expires, terminal.now());
    const made = await terminal.client.json<Key>('POST', '/v1/keys', {
      body: { name: first(args), scopes, ...(expiresAt ? { expiresAt } : {}) },
    });
    print(terminal, made, () => `${made.key}\n`);
    if (!terminal.json)
      terminal.err(
        `Key ${made.id} of ${made.name}. It is not shown again: only its hash is kept.\n`,
      );
    return 0;
  },
};

const list: Command = {
  name: 'key list',
  usage: '',
  summary: 'The API keys, and what each may do',
  arguments: { min: 0, max: 0 },
  async run(terminal) {
    const keys = await terminal.client.list<Key>('/v1/keys');
    print(terminal, keys, () =>
      table(
        ['KEY', 'NAME', 'UNTIL', 'SCOPES'],
        keys.map(({ id, name, scopes, expiresAt, revokedAt }) => [
          id,
          name,
          revokedAt ? `revoked ${revokedAt}` : expiresAt,
          scopes.join(' '),
        ]),
      ),
    );
    return 0;
  },
};

const revoke: Command = {
  name: 'key revoke',
  usage: 'KEY',
  summary: 'Revokes an API key, at once and for good',
  arguments: { min: 1, max: 1 },
  async run(terminal, args) {
    await terminal.client.send('DELETE', `/v1/keys/${path(first(args))}`);
    print(terminal, { id: first(args) }, () => `Revoked: ${first(args)}\n`);
    return 0;
  },
};

export const keyCommands: readonly Command[] = [make, list, revoke];
