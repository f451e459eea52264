import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { flowChecker } from '../../../src/ivr/flow.ts';
import { startTestApi, TEST_API_KEY, type TestApi } from '../../support/api.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.stop());

const send = async (body: string, contentType = 'application/yaml') => {
  const answer = await api.app.inject({
    method: 'PUT',
    url: '/v1/flows/directo',
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
