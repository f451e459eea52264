import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { flowChecker } from '../../../src/ivr/flow.ts';
import { startTestApi, TEST_API_KEY, type TestApi } from '../../support/api.ts';
import { dereferenced } from '../../support/openapi.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.stop());

const send = async (
  body: string,
  contentType = 'application/yaml',
  [method, url]: readonly ['PUT' | 'POST', string] = ['PUT', '/v1/flows/directo'],
) => {
  const answer = await api.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${TEST_API_KEY}`, 'content-type': contentType },
    payload: body,
  });
  return { status: answer.statusCode, body: answer.json() };
};

test('V2 a flow is published as YAML, and told with line and column what is wrong with it', async () => {
  const document = { name: 'Directo' };
  assert.equal((await api.request('POST', '/v1/flows', { id: 'directo', document })).status, 201);
  const good = await send('name: Directo\n# a comment\nstart: a\n');
  assert.equal(good.status, 200, JSON.stringify(good.body));
  assert.deepEqual(good.body.document, { name: 'Directo', start: 'a' });
  const bad = await send('start: a\nname: 7\n');
  assert.deepEqual([bad.status, bad.body.code], [422, 'FLOW_INVALID']);
  assert.deepEqual(bad.body.errors, [{ detail: '2:1: name: expected a text' }]);
});

test('V2 a new flow is made of YAML, its id and comment in the query', async () => {
  const make = (query: string, body: string) =>
    send(body, 'application/yaml; charset=utf-8', ['POST', `/v1/flows${query}`]);
  const good = await make('?id=nuevo&comment=De%20YAML', 'name: Nuevo\nstart: a\n');
  assert.equal(good.status, 201, JSON.stringify(good.body));
  const { id, version, comment, document } = good.body;
  assert.deepEqual([id, version, comment], ['nuevo', 1, 'De YAML']);
  assert.deepEqual(document, { name: 'Nuevo', start: 'a' });
  const bad = await make('?id=otro', 'start: a\n\nname: 7\n');
  assert.deepEqual([bad.status, bad.body.code], [422, 'FLOW_INVALID']);
  assert.deepEqual(bad.body.errors, [{ detail: '3:1: name: expected a text' }]);
  const nameless = await make('', 'name: Nuevo\n');
  assert.equal(nameless.status, 400);
  assert.match(nameless.body.detail, /^querystring: must have required property 'id'$/);
  assert.equal((await make('?id=a%20b', 'name: Nuevo\n')).status, 400);
  assert.equal((await make('?id=nuevo', 'name: Nuevo\n')).status, 409);
  const list = await send('- 1\n', 'application/yaml', ['POST', '/v1/flows?id=lista']);
  assert.deepEqual([list.status, list.body.code], [400, 'REQUEST_INVALID']);
});

test('V2 the comment of a version that is sent as YAML stands in the query', async () => {
  for (const path of ['directo', 'directo/draft']) {
    const url = `/v1/flows/${path}?comment=Verano`;
    const answer = await send('name: Directo\n', 'application/yaml', ['PUT', url]);
    assert.deepEqual([answer.status, answer.body.comment], [200, 'Verano']);
  }
});

test('O1 the OpenAPI document says where YAML is taken, and that it is the document itself', async () => {
  const { paths } = dereferenced((await api.request('GET', '/openapi.json')).body);
  const taking = Object.entries<Record<string, { requestBody?: { content: object } }>>(paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => ({ path, method, one })),
    )
    .filter(({ one }) => 'application/yaml' in (one.requestBody?.content ?? {}))
    .map(({ path, method }) => `${method} ${path}`);
  assert.deepEqual(taking.toSorted(), [
    'post /v1/configuration/apply',
    'post /v1/configuration/plan',
    'post /v1/flows',
    'post /v1/flows/validate',
    'put /v1/flows/{id}',
    'put /v1/flows/{id}/draft',
  ]);
  const { content } = paths['/v1/flows'].post.requestBody;
  assert.ok(content['application/json'].schema.properties.document);
  assert.equal(content['application/yaml'].schema.properties, undefined);
  assert.match(content['application/yaml'].schema.description, /The flow as its author wrote it/);
});

test('V2 a draft, and what is only to be checked, are told the same way', async () => {
  for (const url of ['/v1/flows/validate', '/v1/flows/directo/draft']) {
    const answer = await api.app.inject({
      method: url.endsWith('draft') ? 'PUT' : 'POST',
      url,
      headers: { authorization: `Bearer ${TEST_API_KEY}`, 'content-type': 'text/yaml' },
      payload: 'start: a\nname: 7\n',
    });
    assert.equal(answer.statusCode, 200, answer.body);
    assert.deepEqual(answer.json().problems, ['2:1: name: expected a text']);
  }
});

test('L14 whoever checks, drafts or publishes a flow is told of recordings that are nowhere', async () => {
  const flow = [
    'name: Saludo',
    'languages: [es-MX]',
    'start: hola',
    'nodes:',
    '  hola: { type: play, prompts: [{ audio: bienvenida }], next: fin }',
    '  fin: { type: hangup }',
  ].join('\n');
  const line =
    'nodes.hola.prompts[0].audio: there is no recording bienvenida: callers hear nothing here until it is uploaded';
  const routes = [
    ['POST', '/v1/flows/validate'],
    ['PUT', '/v1/flows/directo/draft'],
    ['PUT', '/v1/flows/directo'],
    ['POST', '/v1/flows?id=saludo'],
  ] as const;
  for (const route of routes) {
    const { body } = await send(flow, 'application/yaml', route);
    assert.deepEqual(body.warnings, [`5:35: ${line}`], route.join(' '));
  }
  const drafted = await api.request('GET', '/v1/flows/directo/draft');
  assert.deepEqual(drafted.body.warnings, [line]);
  const published = await api.request('POST', '/v1/flows/directo/draft/publish');
  assert.deepEqual([published.status, published.body.warnings], [200, [line]]);
});

test('V2 a body that is no YAML, or would hurt, is refused with the place', async () => {
  const broken = await send('name: [1, 2\n');
  assert.deepEqual([broken.status, broken.body.code], [400, 'YAML_MALFORMED']);
  assert.match(broken.body.errors[0].detail, /^\d+:\d+: /);
  const bomb = 'a: &a [x,x,x,x,x,x,x,x,x,x]\n'.concat(
    ...'bcdefgh'.split('').map((name, at) => {
      const before = `*${'abcdefg'[at]}`;
      return `${name}: &${name} [${Array(10).fill(before).join(',')}]\n`;
    }),
  );
  assert.equal((await send(bomb)).body.code, 'YAML_MALFORMED');
  assert.equal((await send('{"document": 3', 'application/json')).body.code, 'JSON_MALFORMED');
  assert.equal((await send('hola', 'text/plain')).status, 415);
});

test('V2 editors get the schema of a flow without a key', async () => {
  const answer = await api.app.inject({ method: 'GET', url: '/flow.schema.json' });
  assert.equal(answer.statusCode, 200);
  assert.ok(answer.json().title);
  assert.equal(typeof flowChecker.schema, 'object');
});
