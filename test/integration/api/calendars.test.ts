import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.stop());

const shop = {
  id: 'tienda',
  name: 'Tienda',
  zone: 'America/Mexico_City',
  hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '10:00', to: '19:00' }],
  holidays: [{ name: 'Navidad', yearly: '12-25' }],
  phones: ['1007'],
  pin: '740219',
};

test('a calendar is made, read, asked, changed and removed', async () => {
  const made = await api.request('POST', '/v1/calendars', shop);
  assert.equal(made.status, 201, made.text);
  assert.ok(!made.text.includes('740219'), 'the PIN never comes out');
  assert.equal(made.body.revision, 1);
  const ask = async (at: string) =>
    (await api.request('GET', `/v1/calendars/tienda/opening?at=${at}`)).body;
  assert.deepEqual(await ask('2026-11-23T17:00:00Z'), {
    at: '2026-11-23T17:00:00.000Z',
    state: 'open',
    closesAt: '2026-11-24T01:00:00.000Z',
  });
  for (const at of ['0050-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])
    assert.equal((await ask(at)).code, 'REQUEST_INVALID', at);
  assert.deepEqual(await ask('2026-12-25T17:00:00Z'), {
    at: '2026-12-25T17:00:00.000Z',
    state: 'holiday',
    reason: 'Navidad',
    opensAt: '2026-12-28T16:00:00.000Z',
  });
  const changed = await api.request('PATCH', '/v1/calendars/tienda', { name: 'Tienda Sur' });
  assert.deepEqual(
    [changed.body.name, changed.body.revision, changed.body.phones],
    ['Tienda Sur', 2, ['1007']],
  );
  assert.equal((await api.request('GET', '/v1/calendars')).body.items.length, 1);
  assert.equal((await api.request('DELETE', '/v1/calendars/tienda')).status, 204);
  assert.equal((await api.request('GET', '/v1/calendars/tienda')).status, 404);
});

test('one call closes at once and one opens again; nothing else changes', async () => {
  await api.request('POST', '/v1/calendars', shop);
  const reloads = api.control.reloads;
  const closed = await api.request('PUT', '/v1/calendars/tienda/closure', {
    reason: 'Fuga de agua',
    message: { es: 'Hoy no podemos abrir.' },
  });
  assert.equal(closed.status, 200, closed.text);
  assert.equal(closed.body.now.state, 'emergency');
  assert.equal(closed.body.now.opensAt, undefined);
  assert.equal(closed.body.closure.reason, 'Fuga de agua');
  assert.equal(api.control.reloads, reloads + 1, 'the engine has it');
  // Somebody who edits the hours meanwhile does not open the shop.
  await api.request('PATCH', '/v1/calendars/tienda', { name: 'Tienda Norte' });
  const live = await api.store.configuration.load();
  assert.equal(live.calendars[0]?.closure?.reason, 'Fuga de agua');
  const opened = await api.request('DELETE', '/v1/calendars/tienda/closure');
  assert.equal(opened.body.closure, undefined);
  assert.notEqual(opened.body.now.state, 'emergency');
  const again = await api.request('DELETE', '/v1/calendars/tienda/closure');
  assert.deepEqual([again.status, again.body.revision], [200, opened.body.revision]);
  assert.equal((await api.request('DELETE', '/v1/calendars/otra/closure')).status, 404);
});

test('an end that has passed, a zone, a date or a shape that is none is refused', async () => {
  const closure = (body: object) => api.request('PUT', '/v1/calendars/tienda/closure', body);
  assert.equal((await closure({ reason: 'x', until: '2020-01-01T00:00:00Z' })).status, 400);
  assert.equal((await closure({})).status, 400);
  assert.equal((await closure({ reason: 'x', message: {} })).status, 400);
  const end = new Date(Date.now() + 3_600_000).toISOString();
  assert.equal((await closure({ reason: 'x', until: end })).body.closure.until, end);
  const hours = [{ days: ['mon'], from: '10:60', to: '19:00' }];
  assert.equal((await api.request('POST', '/v1/calendars', { ...shop, hours })).status, 400);
  const pin = await api.request('PATCH', '/v1/calendars/tienda', { pin: 'abcd' });
  assert.equal(pin.status, 400);
  assert.ok(!pin.text.includes('abcd'));
});

test('the hours of a number: they must be there, and stay as long as the number needs them', async () => {
  await api.request('POST', '/v1/flows', { id: 'f', document: { name: 'F', nodes: {} } });
  const number = {
    dnis: '8005550199',
    name: 'Tienda',
    flowId: 'f',
    language: 'es-MX',
    country: 'MX',
  };
  const refused = await api.request('POST', '/v1/numbers', { ...number, calendarId: 'otra' });
  assert.equal(refused.status, 422, refused.text);
  assert.match(refused.text, /calendar that does not exist/);
  const made = await api.request('POST', '/v1/numbers', { ...number, calendarId: 'tienda' });
  assert.equal(made.body.calendarId, 'tienda');
  assert.equal((await api.request('DELETE', '/v1/calendars/tienda')).status, 409);
  const kept = await api.request('PATCH', '/v1/numbers/8005550199', { name: 'Otra' });
  assert.equal(kept.body.calendarId, 'tienda');
  const without = await api.request('PATCH', '/v1/numbers/8005550199', { calendarId: null });
  assert.equal(without.body.calendarId, undefined);
  assert.equal((await api.request('DELETE', '/v1/calendars/tienda')).status, 204);
});
