import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { startTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.stop());

const keys = [
  'id',
  'name',
  'dnis',
  'flowId',
  'extension',
  'numbers',
  'skills',
  'queueIds',
  'status',
];
const key = fc.oneof(fc.constantFrom(...keys), fc.string());
const body = fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue()));

const targets = [
  ['POST', '/v1/queues'],
  ['POST', '/v1/agents'],
  ['POST', '/v1/numbers'],
  ['POST', '/v1/contacts'],
  ['POST', '/v1/flows'],
  ['PATCH', '/v1/queues/x'],
  ['PATCH', '/v1/agents/x'],
  ['POST', '/v1/agents/x/state'],
] as const;

test('no body, however odd, is our fault', async () => {
  const property = fc.asyncProperty(fc.constantFrom(...targets), body, async (target, value) => {
    const [method, url] = target;
    const answer = await api.request(method, url, JSON.stringify(value));
    assert.ok(answer.status < 500, `${method} ${url}: ${answer.text}`);
  });
  await fc.assert(property, { numRuns: 400 });
});

/** Any UTF-16 at all, halves of pairs and NUL included, where people may write what they like. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud800', 'a\0', '\u202E', '’'),
);
const skills = fc.dictionary(text, fc.integer({ min: 1, max: 10 }), { maxKeys: 3 });
const nearly = fc.oneof(
  fc.tuple(
    fc.constant('/v1/queues'),
    fc.record({ id: fc.uuid(), name: text, music: text, requiredSkills: skills }),
  ),
  fc.tuple(
    fc.constant('/v1/agents'),
    fc.record({ id: fc.uuid(), name: text, extension: fc.constant('77'), skills }),
  ),
  fc.tuple(
    fc.constant('/v1/flows'),
    fc.record({ id: fc.uuid(), document: fc.record({ name: text, more: fc.jsonValue() }) }),
  ),
);

test('text of any kind is stored or refused', async () => {
  const statuses = new Set<number>();
  const property = fc.asyncProperty(nearly, async ([url, value]) => {
    const answer = await api.request('POST', url, JSON.stringify(value));
    statuses.add(answer.status);
    assert.ok(answer.status < 500, `${url}: ${answer.text}`);
    if (answer.status !== 201) return;
    const read = await api.request('GET', `${url}/${value.id}`);
    assert.equal(read.status, 200, read.text);
  });
  await fc.assert(property, { numRuns: 200 });
  assert.ok(statuses.has(201), [...statuses].join());
});

test('no path and no query, however odd, is our fault', async () => {
  const property = fc.asyncProperty(fc.string(), fc.string(), async (id, query) => {
    const url = `/v1/contacts/${encodeURIComponent(id)}?${encodeURIComponent(query)}`;
    assert.ok((await api.request('GET', url)).status < 500, url);
    const list = `/v1/cdrs?cursor=${encodeURIComponent(query)}&ani=${encodeURIComponent(id)}`;
    assert.ok((await api.request('GET', list)).status < 500, list);
  });
  await fc.assert(property, { numRuns: 200 });
});
