import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readCompanyFile } from '../../../src/company-file.ts';
import type { AgentId } from '../../../src/model/ids.ts';
import type { Binding } from '../../../src/runtime/ports/index.ts';
import type { ExampleCompany } from '../../../src/store/store.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestStore, type TestStore } from '../../support/postgres.ts';

let house: TestStore;
let company: ExampleCompany;

before(async () => {
  house = await startTestStore();
  const file = new URL('../../../config/example/company.yaml', import.meta.url);
  company = readCompanyFile(file);
});
after(() => house.stop());

const binding = (n: number, q = 1): Binding => ({
  extension: '1001',
  contactUri: `sip:1001@192.0.2.${n}:5060`,
  receivedFrom: `192.0.2.${n}:5060`,
  transport: 'udp',
  callId: 'c',
  cseq: 4_000_000_000,
  userAgent: 'test',
  q,
  expiresAt: Date.now() + 3_600_000,
});

test('the example company is loaded once, and whole', async () => {
  const { store } = house;
  assert.equal(await store.seedExample(() => company), true);
  assert.equal(await store.seedExample(() => company), false);
  const loaded = await store.configuration.load();
  assert.equal(loaded.numbers.length, company.numbers.length);
  assert.equal(loaded.agents.length, company.agents.length);
  assert.deepEqual(
    loaded.flows.map((flow) => flow.document),
    [...company.flows].sort((a, b) => (a.id < b.id ? -1 : 1)).map((flow) => flow.document),
  );
  assert.equal(loaded.queues.find((queue) => queue.id === 'soporte')?.wrapUpMs, 20_000);
  assert.equal((await store.contacts.byNumber('+525555550011'))?.id, 'ana-garcia');
  assert.equal(await store.pins.verify('1003' as AgentId, '3518'), true);
});

test('bindings are replaced as a whole', async () => {
  const { bindings } = house.store;
  await bindings.replace('1001', [binding(1, 0.5), binding(2), binding(2)]);
  assert.deepEqual(
    (await bindings.all()).map((one) => one.receivedFrom),
    ['192.0.2.2:5060', '192.0.2.1:5060'],
  );
  const flow = { phone: '<urn:uuid:1>', id: 2 };
  const third = { ...binding(3), path: ['sip:edge.example;lr'], flow };
  await bindings.replace('1001', [third]);
  assert.deepEqual(await bindings.all(), [third]);
  await bindings.replace('1001', [{ ...binding(4), expiresAt: Date.now() - 1 }]);
  assert.deepEqual(await bindings.all(), []);
});

test('the administrator key: given, made once, and known by its hash alone', async () => {
  const { apiKeys } = house.store.admin;
  const made = await apiKeys.ensureAdminKey(undefined);
  assert.ok(made);
  assert.equal(await apiKeys.ensureAdminKey(undefined), undefined);
  assert.equal((await apiKeys.verify(made))?.id, 'admin');
  assert.equal(await apiKeys.ensureAdminKey('given-by-environment'), undefined);
  assert.equal((await apiKeys.verify('given-by-environment'))?.id, 'admin');
  assert.equal(await apiKeys.verify(made), undefined);
});

test('while the database is away: what is known is still answered, what changes is written later', async () => {
  const { store, database } = house;
  const known = await store.credentials.find('1002');
  assert.ok(known);
  await store.contacts.byNumber('+525555550002');
  await database.goAway();
  assert.deepEqual(await store.credentials.find('1002'), known);
  await assert.rejects(store.credentials.find('1003'), /DATABASE_AWAY/);
  assert.equal((await store.contacts.byNumber('+525555550002'))?.id, 'luis-hernandez');
  assert.equal(await store.contacts.byNumber('+525555550003'), undefined);
  assert.equal((await store.admin.apiKeys.verify('given-by-environment'))?.id, 'admin');
  assert.equal(await store.pins.verify('1003' as AgentId, '3518'), false);
  await store.bindings.replace('1001', [binding(7)]);
  await store.bindings.replace('1001', [binding(8)]);
  await database.comeBack();
  await eventually('the newest bindings are written', async () => {
    const all = await store.bindings.all().catch(() => []);
    return all.length === 1 && all[0]?.receivedFrom === '192.0.2.8:5060';
  });
});
