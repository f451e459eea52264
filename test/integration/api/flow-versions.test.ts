import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApi, type TestAnswer, type TestApi } from '../../support/api.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.stop());

/** The test's checker wants a name, and queues that exist. */
const flow = (name: string, more: object = {}) => ({ document: { name, nodes: {}, ...more } });
const post = (path: string, body?: object, match?: string): Promise<TestAnswer> =>
  api.request('POST', `/v1/flows${path}`, body, match ? { 'if-match': match } : {});
const put = (path: string, body: object, match?: string): Promise<TestAnswer> =>
  api.request('PUT', `/v1/flows${path}`, body, match ? { 'if-match': match } : {});
const get = (path: string): Promise<TestAnswer> => api.request('GET', `/v1/flows${path}`);

test('a draft may be incomplete, is heard by nobody, and is published when it is good', async () => {
  const saved = await put('/nuevo/draft', { document: { queue: 'nunca' }, comment: 'empezado' });
  assert.equal(saved.status, 200, saved.text);
  assert.equal(saved.body.problems.length, 2);
  assert.equal(saved.headers.etag, '"1"');
  assert.equal((await get('/nuevo')).status, 404);
  const [listed] = (await get('')).body.items;
  assert.deepEqual([listed.id, listed.liveVersion, listed.draftRevision], ['nuevo', undefined, 1]);
  const refused = await post('/nuevo/draft/publish');
  assert.deepEqual([refused.body.code, refused.body.errors.length], ['FLOW_INVALID', 2]);

  const better = await put('/nuevo/draft', { ...flow('Nuevo'), comment: 'terminado' });
  assert.deepEqual([better.body.revision, better.body.problems], [2, []]);
  const reloads = api.control.reloads;
  const published = await post('/nuevo/draft/publish', undefined, '"2"');
  assert.equal(published.status, 200, published.text);
  assert.deepEqual([published.body.version, published.body.comment], [1, 'terminado']);
  assert.equal(published.body.prompts.rendered, 1);
  assert.equal(api.control.reloads, reloads + 1);
  assert.equal((await get('/nuevo/draft')).status, 404);
  assert.equal((await get('/nuevo')).body.document.name, 'Nuevo');
});

test('nobody overwrites what they have not seen', async () => {
  await put('/nuevo/draft', flow('Uno'));
  assert.equal((await put('/nuevo/draft', flow('Dos'), '"1"')).headers.etag, '"2"');
  const late = await put('/nuevo/draft', flow('Tres'), '"1"');
  assert.deepEqual([late.status, late.body.code], [412, 'PRECONDITION_FAILED']);
  assert.equal((await put('/otro/draft', flow('Tres'), '"1"')).status, 412);
  assert.equal((await post('/nuevo/draft/publish', undefined, '"1"')).status, 412);
  assert.equal((await put('/nuevo', flow('Directo'), '"7"')).status, 412);
  assert.equal((await put('/nuevo', flow('Directo'), 'W/"uno"')).status, 412);
  assert.equal((await put('/nuevo', flow('Directo'), '"1"')).body.version, 2);
  assert.equal((await get('/nuevo/draft')).body.document.name, 'Dos', 'the draft is still there');
  assert.equal((await api.request('DELETE', '/v1/flows/nuevo/draft')).status, 204);
  assert.equal((await api.request('DELETE', '/v1/flows/nuevo/draft')).status, 404);
});

test('back is one call, once more is one more, and every way is on record', async () => {
  await put('/nuevo', { ...flow('Tercera'), comment: 'menú de Navidad' });
  const back = await post('/nuevo/rollback', { comment: 'se oía mal' }, '"3"');
  assert.deepEqual([back.status, back.body.version, back.body.live], [200, 2, true]);
  assert.equal((await post('/nuevo/rollback')).body.version, 1);
  assert.equal((await post('/nuevo/rollback')).status, 404);
  assert.equal((await post('/nuevo/versions/3/publish', undefined, '"1"')).body.version, 3);
  assert.equal((await post('/nuevo/versions/9/publish')).status, 404);
  const { items } = (await get('/nuevo/publications?limit=3')).body;
  assert.deepEqual(
    items.map((one: Record<string, unknown>) => [one.seq, one.previous, one.version, one.comment]),
    [
      [6, 1, 3, undefined],
      [5, 2, 1, undefined],
      [4, 3, 2, 'se oía mal'],
    ],
  );
  assert.equal(items[0].author, 'Administrator');
  const older = await get('/nuevo/publications?limit=3&cursor=W10');
  assert.equal(older.body.code, 'CURSOR_INVALID');
});

test('versions are compared part by part, with each other and with the draft', async () => {
  await put('/nuevo/draft', flow('Cuarta', { nodes: { fin: { type: 'hangup' } } }));
  const { body } = await get('/nuevo/diff');
  assert.deepEqual(body, {
    from: 'live',
    to: 'draft',
    changes: [
      { path: 'name', before: 'Tercera', after: 'Cuarta' },
      { path: 'nodes.fin', after: { type: 'hangup' } },
    ],
    truncated: false,
  });
  assert.equal((await get('/nuevo/diff?from=1&to=3')).body.changes[0].after, 'Tercera');
  assert.equal((await get('/nuevo/diff?from=3&to=3')).body.changes.length, 0);
  assert.equal((await get('/nuevo/diff?from=9')).status, 404);
  assert.equal((await get('/nuevo/diff?from=ayer')).status, 400);
});

test('a flow is checked without being stored, and removed with its draft', async () => {
  const bad = await post('/validate', { document: { queue: 'nunca' } });
  assert.deepEqual([bad.status, bad.body.problems.length], [200, 2]);
  const { body } = await post('/validate', flow('Bien'));
  assert.deepEqual(body, { problems: [], warnings: [] });
  assert.equal((await api.request('DELETE', '/v1/flows/nuevo')).status, 204);
  assert.equal((await get('/nuevo/draft')).status, 404);
  assert.equal((await api.request('DELETE', '/v1/flows/nuevo')).status, 404);
});
