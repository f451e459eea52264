import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { trunkId } from '../../../src/model/ids.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.stop());

const loaded = async (id: string) =>
  (await api.store.configuration.load()).trunks?.find((trunk) => trunk.id === trunkId(id));

test('a trunk is made, changed and removed; its password is used and never shown', async () => {
  const made = await api.request('POST', '/v1/trunks', {
    id: 'principal',
    name: 'Operadora',
    uri: 'sip:trunk.example.com;transport=tcp',
    username: 'acme',
    password: 'muy secreta',
    registerSeconds: 600,
    callsMax: 30,
  });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.body.hasPassword, true);
  assert.equal(made.body.optionsSeconds, 30);
  assert.doesNotMatch(made.text, /secreta/);
  assert.equal((await loaded('principal'))?.password?.reveal(), 'muy secreta');
  const database = new pg.Client(api.database.databaseUrl);
  await database.connect();
  const { rows } = await database.query('SELECT * FROM trunks');
  await database.end();
  assert.match(rows[0].password, /^v1\./);
  assert.doesNotMatch(JSON.stringify(rows), /secreta/);

  const changed = await api.request('PATCH', '/v1/trunks/principal', {
    callsMax: null,
    callerId: { show: '+34910000000', own: [], rules: [], passesOn: false },
  });
  assert.equal(changed.status, 200, changed.text);
  assert.equal('callsMax' in changed.body, false);
  assert.equal(changed.body.callerId.show, '+34910000000');
  assert.equal((await loaded('principal'))?.password?.reveal(), 'muy secreta', 'it keeps it');

  const without = await api.request('PATCH', '/v1/trunks/principal', { password: null });
  assert.equal(without.body.hasPassword, false);
  const list = await api.request('GET', '/v1/trunks');
  assert.equal(list.body.items.length, 1);
  assert.equal((await api.request('DELETE', '/v1/trunks/principal')).status, 204);
  assert.equal((await api.request('GET', '/v1/trunks/principal')).status, 404);
});

test('what cannot be a trunk is refused', async () => {
  const trunk = { id: 'x', name: 'X', uri: 'sip:trunk.example.com' };
  for (const bad of [
    { uri: 'tel:+34911' },
    { uri: 'sip:user@host' },
    { sources: ['10.0.0.0/8; drop'] },
    { username: 'a b' },
    { callerId: { show: 'yo' } },
    { priority: -1 },
    { secret: 'x' },
  ])
    assert.equal((await api.request('POST', '/v1/trunks', { ...trunk, ...bad })).status, 400);
});

test('what may be called is one object, unknown until somebody says it', async () => {
  assert.equal((await api.request('GET', '/v1/dialling')).status, 404);
  const rules = {
    destinations: [
      { to: 'ES', allow: true, callsPerHourMax: 50 },
      { to: '+34803', allow: false },
    ],
    callsMax: 5,
    callsPerHourMax: 100,
    blocked: false,
  };
  const put = await api.request('PUT', '/v1/dialling', rules);
  assert.equal(put.status, 200, put.text);
  const { revision, updatedAt: _, ...stored } = (await api.request('GET', '/v1/dialling')).body;
  assert.deepEqual(stored, rules);
  assert.equal(revision, 1);
  assert.equal(
    (await api.request('PUT', '/v1/dialling', { ...rules, blocked: true })).body.revision,
    2,
  );
  for (const to of ['34', 'Spain', '+', '+34x', 'sip:a@b'])
    assert.equal(
      (await api.request('PUT', '/v1/dialling', { ...rules, destinations: [{ to, allow: true }] }))
        .status,
      400,
    );
});
