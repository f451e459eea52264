import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { RawPhone } from '../sip-edge/raw-phone.ts';
import { sdp, seenBy } from './support/far-end.ts';
import { openSuite } from './support/suite.ts';

const { switches, desk } = await openSuite();
const raw = await RawPhone.open(seenBy(switches));
after(() => raw.close());

/** What one source may have on the way. */
const UNCONFIRMED_MAX = 200;

test('An address of a scheme that is none of a telephone is refused (RFC 3261 section 8.2.2.1)', async () => {
  for (const uri of ['mailto:ana@example.com', 'http://example.com/', 'urn:service:sos']) {
    const invite = raw.request('INVITE', [], sdp(40_000));
    raw.send({ ...invite, uri });
    const refused = await raw.nextResponse(416);
    raw.send(raw.inDialog(invite, refused, 'ACK', 1));
  }
  assert.deepEqual(desk.types(), []);
});

test('Who sends INVITEs and acknowledges none has the house to a part; what they give back is taken again', async () => {
  const invite = () => {
    const request = raw.request('INVITE', [], sdp(40_000));
    raw.send(request);
    return request;
  };
  const first = invite();
  const answer = await raw.nextResponse(200);
  const answered = () => desk.types().filter((type) => type === 'answered').length;
  for (let count = 2; count <= UNCONFIRMED_MAX; count++) {
    invite();
    await eventually('it to be answered', () => answered() === count);
  }
  desk.heard.length = 0;
  const isTaken = async (): Promise<boolean> => {
    const refused = raw.count(503);
    invite();
    const outcome = () => desk.types().includes('arrived') || raw.count(503) > refused;
    await eventually('it to be taken or refused', outcome);
    return desk.types().includes('arrived');
  };
  assert.equal(await isTaken(), false);
  assert.equal(desk.telephony.turnedAway.unconfirmed, 1);
  assert.equal((await raw.nextResponse(503)).headers.get('retry-after'), '32');
  raw.send(raw.inDialog(first, answer, 'ACK', 1));
  await eventually('there to be room again', isTaken);
  await desk.next('answered');
  desk.heard.length = 0;
  assert.equal(await isTaken(), false);
  for (const id of desk.telephony.truth.callerLegs()) desk.telephony.truth.hangupLeg(id);
});
