import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { Centralita } from '../support/centralita.ts';
import { eventually } from '../support/eventually.ts';
import { type Stage, scene } from '../support/stage.ts';

interface Queue {
  readonly id: string;
  readonly name: string;
}

interface AuditEntry {
  readonly object: { readonly id: string };
  readonly before?: Queue;
  readonly after?: Queue;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

async function start(stage: Stage, dataDir?: string): Promise<Centralita> {
  const system = await Centralita.start({
    evidence: stage.evidence,
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  stage.atTheEnd(() => (system.running ? system.kill() : undefined));
  return system;
}

async function all<Item>(api: ApiClient, path: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `&cursor=${cursor}`;
    const page = await api.get<Page<Item>>(`${path}limit=500${query}`);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return items;
}

/** An operator who makes, renames and removes one queue after another until nobody answers any more. */
class Writer {
  /** The names that were answered last, by the queue; undefined: it was removed. */
  readonly answered = new Map<string, string | undefined>();
  /** What was asked last: it may have been done. */
  asked: { readonly id: string; readonly name?: string } = { id: '' };
  /** Why it has stopped. */
  failure: unknown;
  readonly ended: Promise<void>;
  readonly #api: ApiClient;
  readonly #letter: string;

  constructor(api: ApiClient, letter: string) {
    this.#api = api;
    this.#letter = letter;
    this.ended = this.#write().catch((error: unknown) => {
      this.failure = error;
    });
  }

  /** As it may be found after the power has failed. */
  mayBe(id: string): readonly (string | undefined)[] {
    return [this.answered.get(id), ...(this.asked.id === id ? [this.asked.name] : [])];
  }

  async #write(): Promise<void> {
    for (let n = 0; ; n += 1) {
      const id = `power-${this.#letter}-${n}`;
      const path = `/v1/queues/${id}`;
      await this.#ask(id, 'new', (name) => this.#api.post('/v1/queues', { id, name }));
      await this.#ask(id, 'renamed', (name) => this.#api.patch(path, { name }));
      if (n % 3 === 0) await this.#ask(id, undefined, () => this.#api.delete(path));
    }
  }

  async #ask<Name extends string | undefined>(
    id: string,
    name: Name,
    ask: (name: Name) => Promise<unknown>,
  ): Promise<void> {
    this.asked = { id, ...(name === undefined ? {} : { name }) };
    await ask(name);
    this.answered.set(id, name);
  }
}

describe('when the power fails', () => {
  scene(
    'changes by the API that were answered stand, none was made by half, and the audit log tells the same',
    async (stage) => {
      const first = await start(stage);
      const writers = ['a', 'b', 'c'].map((letter) => new Writer(first.api, letter));
      await eventually('enough to be written', () =>
        writers.every(({ answered, failure }) => {
          assert.ifError(failure);
          return answered.size >= 4;
        }),
      );
      await first.kill();
      await Promise.all(writers.map(({ ended }) => ended));

      const { api } = await start(stage, first.dataDir);
      const found = await all<Queue>(api, '/v1/queues?');
      const names = new Map(found.map(({ id, name }) => [id, name]));
      const trail = await all<AuditEntry>(api, '/v1/audit?objectKind=queue&');
      for (const writer of writers)
        for (const id of new Set([...writer.answered.keys(), writer.asked.id])) {
          const now = names.get(id);
          assert.ok(writer.mayBe(id).includes(now), `${id}: ${now} of ${writer.mayBe(id)}`);
          const story = trail.filter(({ object }) => object.id === id).reverse();
          const after = [undefined, ...story.map((entry) => entry.after?.name)];
          assert.equal(after.pop(), now, `${id}: what the audit log says last`);
          assert.deepEqual(
            story.map((entry) => entry.before?.name),
            after,
            `${id}: each change goes on from the one before`,
          );
        }
    },
  );
});
