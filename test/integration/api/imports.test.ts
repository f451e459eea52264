import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startTestApi, TEST_API_KEY, type TestApi } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';

describe('imports of contacts, through the API into PostgreSQL', () => {
  let api: TestApi;
  before(async () => {
    api = await startTestApi();
  });
  after(() => api.stop());

  const send = async (file: string | Buffer, query = '?country=MX', type = 'text/csv') => {
    const answer = await api.app.inject({
      method: 'POST',
      url: `/v1/contacts/import${query}`,
      headers: { authorization: `Bearer ${TEST_API_KEY}`, 'content-type': type },
      payload: file,
    });
    return { status: answer.statusCode, body: JSON.parse(answer.payload) };
  };
  const ended = (id: string) =>
    eventually('the end of the import', async () => {
      const { body } = await api.request('GET', `/v1/contacts/imports/${id}`);
      return body.state === 'running' ? undefined : body;
    });
  const load = async (file: string | Buffer) => {
    const { status, body } = await send(file);
    assert.equal(status, 202);
    return ended(body.id);
  };

  it('a file is taken, watched, and its rejected rows can be had', async () => {
    const file = 'id,nombre,tel,tel2\nana,Ana,5555550001,5555550011\nx,X,nada,\n';
    const done = await load(Buffer.from(file, 'latin1'));
    assert.equal(done.state, 'done');
    assert.deepEqual(done.counts, {
      read: 2,
      created: 1,
      updated: 0,
      unchanged: 0,
      rejected: 1,
      unspoken: 0,
    });
    assert.equal(done.bytes, done.bytesTotal);
    const report = await api.request('GET', `/v1/contacts/imports/${done.id}/rejected`);
    assert.equal(report.text, 'row,reason\n3,"""nada"" is no telephone number"\n');
    assert.match(String(report.headers['content-type']), /text\/csv/);
    assert.equal((await api.store.contacts.byNumber('+525555550011'))?.id, 'ana');
    const { body } = await api.request('GET', '/v1/contacts/imports');
    assert.equal(body.items[0].id, done.id);
  });

  it('doing it again comes to the same, and a change changes what is different', async () => {
    const file = 'id,nombre,tel,tel2\nana,Ana,5555550001,5555550011\n';
    assert.equal((await load(file)).counts.unchanged, 1);
    const changed = await load('id,nombre,tel,estado\nana,Ana García,5555550001,vip\n');
    assert.equal(changed.counts.updated, 1);
    const { body } = await api.request('GET', '/v1/contacts/ana');
    assert.deepEqual(
      [body.name, body.status, body.numbers],
      ['Ana García', 'vip', ['+525555550001']],
    );
    assert.equal(await api.store.contacts.byNumber('+525555550011'), undefined);
  });

  it('without ids, whoever has the number is meant, and keeps their other numbers', async () => {
    const file = 'nombre,tel\nAna G.,5555550001\nNuevo,5555550021\nOtro,5555550021\n';
    const first = await load(file);
    assert.deepEqual(first.counts, {
      read: 3,
      created: 1,
      updated: 1,
      unchanged: 1,
      rejected: 0,
      unspoken: 0,
    });
    const again = await load(file);
    assert.equal(again.counts.created, 0);
    assert.equal((await api.request('GET', '/v1/contacts/ana')).body.name, 'Ana G.');
    assert.equal((await api.request('GET', '/v1/contacts/n525555550021')).body.name, 'Otro');
  });

  it("somebody else's number is rejected, within the file and in the database", async () => {
    const done = await load('id,nombre,tel\nb,B,5555550031\nc,C,5555550031\nd,D,5555550001\n');
    assert.equal(done.counts.created, 1);
    assert.equal(done.counts.rejected, 2);
    const { text } = await api.request('GET', `/v1/contacts/imports/${done.id}/rejected`);
    assert.match(text, /^3,".*belongs to b"$/m);
    assert.match(text, /^4,".*belongs to ana"$/m);
  });

  it('what is no file of contacts fails with its reason, and nothing is left behind', async () => {
    assert.match((await load('a,b\n1,2\n')).reason, /no column of names/);
    assert.equal((await send('{}', '', 'application/json')).status, 415);
    assert.equal((await send('a', '?country=mexico')).status, 400);
    assert.equal((await send('a', '?country=ZZ')).status, 400);
    assert.equal((await api.request('GET', '/v1/contacts/imports/nothing')).status, 404);
    assert.equal((await load('nombre,tel\nZ,5555550041\n')).counts.created, 1);
  });
});
