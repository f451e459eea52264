import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AgentConfig } from '../../../src/model/agent.ts';
import { agentId, queueId } from '../../../src/model/ids.ts';
import { QUEUE_DEFAULTS } from '../../../src/model/queue.ts';
import type { ConfigurationRepositories } from '../../../src/runtime/ports/admin.ts';
import { startTestStore, type TestStore } from '../../support/postgres.ts';

// O8: what a file of thousands is written by.

const AGENTS = 1_200;
let house: TestStore;
let statements = 0;
before(async () => {
  house = await startTestStore({
    meters: {
      queried: () => {
        statements += 1;
      },
      deadLetters: () => undefined,
    },
  });
});
after(() => house.stop());

const agentOf = (n: number, own: Partial<AgentConfig> = {}): AgentConfig => ({
  id: agentId(`a${String(n).padStart(4, '0')}`),
  name: `Agent ${n}`,
  extension: String(10_000 + n),
  skills: { sales: 5 },
  queueIds: [queueId('one'), queueId('two')],
  ...own,
});
const agentsOf = (count: number, own: Partial<AgentConfig> = {}): readonly AgentConfig[] =>
  Array.from({ length: count }, (_, n) => agentOf(n, own));
const queueOf = (id: string) => ({
  ...QUEUE_DEFAULTS,
  id: queueId(id),
  name: id,
  requiredSkills: {},
});

type Work = Parameters<TestStore['store']['admin']['changes']['change']>[0];

/** How many statements it takes, and what comes of it. */
async function counted(
  work: (tx: ConfigurationRepositories) => ReturnType<Work>,
  isRehearsal = false,
) {
  const { changes } = house.store.admin;
  const had = statements;
  const outcome = isRehearsal
    ? await changes.rehearse(work, async () => [])
    : await changes.change(work, async () => []);
  return { outcome, statements: statements - had };
}

const told = async (action: string): Promise<number> => {
  const page = await house.store.admin.audit.list({ action }, { limit: 5_000 });
  assert.ok(page.ok);
  return page.value.items.length;
};

const stored = async (): Promise<readonly AgentConfig[]> =>
  (await house.store.configuration.load()).agents;

/** A statement for every agent would be 1,200. */
const FEW = 60;

test('O8 a rehearsal of many is seen by nobody but who judges it: not kept, and not in the audit log', async () => {
  const { changes } = house.store.admin;
  await counted(
    (tx) => tx.queues.createAll([queueOf('one'), queueOf('two'), queueOf('three')]) as never,
  );
  let seen = 0;
  const had = statements;
  const played = await changes.rehearse(
    (tx) => tx.agents.createAll(agentsOf(AGENTS)) as never,
    async () => {
      seen = (await stored()).length;
      return ['it cannot work'];
    },
  );
  assert.equal(seen, AGENTS);
  assert.equal(played.ok, false);
  assert.deepEqual(!played.ok && played.error.problems, ['it cannot work']);
  assert.ok(statements - had < FEW, `${statements - had} statements`);
  const works = await counted((tx) => tx.agents.createAll(agentsOf(AGENTS)) as never, true);
  assert.deepEqual(works.outcome, { ok: true, value: undefined });
  assert.deepEqual(await stored(), []);
  assert.equal(await told('agent.created'), 0);
});

test('O8 many are made, changed and removed by few statements, each with its entry in the audit log', async () => {
  const made = await counted((tx) => tx.agents.createAll(agentsOf(AGENTS)) as never);
  assert.ok(made.outcome.ok);
  assert.ok(made.statements < FEW, `${made.statements} statements`);
  assert.deepEqual(await stored(), agentsOf(AGENTS));
  assert.equal(await told('agent.created'), AGENTS);

  const others = agentsOf(AGENTS, { name: 'Other', queueIds: [queueId('two'), queueId('three')] });
  const changed = await counted((tx) => tx.agents.replaceAll(others) as never);
  assert.ok(changed.outcome.ok);
  assert.ok(changed.statements < FEW, `${changed.statements} statements`);
  assert.deepEqual(await stored(), others);
  const page = await house.store.admin.audit.list({ action: 'agent.changed' }, { limit: 1 });
  assert.ok(page.ok);
  const named = page.value.items.map(({ before, after }) => [
    Object(before).name,
    Object(after).name,
  ]);
  assert.deepEqual(named, [[`Agent ${AGENTS - 1}`, 'Other']]);

  const ids = others.map(({ id }) => id);
  const removed = await counted((tx) => tx.agents.removeAll(ids) as never);
  assert.ok(removed.outcome.ok);
  assert.ok(removed.statements < FEW, `${removed.statements} statements`);
  assert.deepEqual(await stored(), []);
  assert.equal(await told('agent.removed'), AGENTS);
});

test('O8 of many the one that is refused is named, with its reason, and none is kept', async () => {
  const keep = agentOf(9_000);
  await counted((tx) => tx.agents.createAll([keep]) as never);
  const refused = async (work: (tx: ConfigurationRepositories) => Promise<unknown>) => {
    let why: unknown;
    await house.store.admin.changes.change(
      async (tx) => {
        why = await work(tx);
        return { ok: false, error: { code: 'IN_USE', detail: 'Enough.' } };
      },
      async () => [],
    );
    return why;
  };
  const wrong = (key: string, code: string, detail: string, problems?: readonly string[]) => ({
    ok: false,
    error: { key, why: { code, detail, ...(problems ? { problems } : {}) } },
  });
  const taken = agentsOf(700).map((agent, n) =>
    n === 650 ? { ...agent, extension: keep.extension } : agent,
  );
  assert.deepEqual(
    await refused((tx) => tx.agents.createAll(taken)),
    wrong('a0650', 'ALREADY_EXISTS', 'Another agent has this extension.'),
  );
  const lost = agentsOf(3, { queueIds: [queueId('nowhere')] });
  const problem = 'The agent a0000 names a queue that does not exist.';
  assert.deepEqual(
    await refused((tx) => tx.agents.createAll(lost)),
    wrong('a0000', 'CONFIGURATION_REFUSED', problem, [problem]),
  );
  assert.deepEqual(
    await refused((tx) => tx.agents.replaceAll([keep, agentOf(1)])),
    wrong('a0001', 'NOT_FOUND', 'There is no agent a0001.'),
  );
  assert.deepEqual(
    await refused((tx) => tx.queues.removeAll([queueId('three'), queueId('one')])),
    wrong('one', 'IN_USE', 'The queue one still has agents.'),
  );
  assert.deepEqual(await stored(), [keep]);
});

test('O8 extensions change hands among many: the digests of whoever has another one are void', async () => {
  const [one, two] = [agentOf(1), agentOf(2)];
  const sipPassword = 'a-phone-of-theirs';
  const withSecrets = async (tx: ConfigurationRepositories) => {
    const made = await tx.agents.createAll([one, two]);
    await tx.agents.setSecretsOfAll([
      { id: one.id, secrets: { sipPassword, pin: '1234' } },
      { id: two.id, secrets: { sipPassword } },
    ]);
    return made as never;
  };
  await counted(withSecrets);
  const all = [one, two].map(({ id }) => ({ id, secrets: { sipPassword } }));
  const { agents } = house.store.admin.configuration;
  assert.deepEqual(await agents.otherSecrets(all), [[], []]);
  const moved = [
    { ...one, extension: '77777' },
    { ...two, name: 'Stays' },
  ];
  await counted((tx) => tx.agents.replaceAll(moved) as never);
  assert.deepEqual(await agents.otherSecrets(all), [['sipPassword'], []]);
  const pin = [{ id: one.id, secrets: { pin: '1234' } }];
  assert.deepEqual(await agents.otherSecrets(pin), [[]], 'a PIN has nothing to do with it');
  assert.deepEqual((await agents.withoutPassword()).includes(one.id), true);
});
