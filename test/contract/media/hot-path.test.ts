import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openSwitch, park, type Switch } from './support/media-server.ts';

let at: Switch;
before(async () => {
  at = await openSwitch();
});
after(() => at.close());

test('An INVITE with SDP is answered and parked under its Call-ID', async () => {
  const leg = await park(at);
  assert.match(leg.sdp, /m=audio \d+ RTP\/AVP 8 101/);
  assert.equal(await at.esl.api(`uuid_exists ${leg.uuid}`), 'true');
  leg.hangup();
  await at.esl.next('CHANNEL_DESTROY', leg.uuid).catch(() => undefined);
});

test('A playback is heard, and uuid_break ends it', async () => {
  const leg = await park(at);
  leg.rtp.talk(leg.sdp, 300);
  const done = at.esl.execute(leg.uuid, 'playback', 'tone_stream://%(10000,0,440);loops=-1');
  await leg.rtp.hears(440);
  assert.equal(await at.esl.api(`uuid_break ${leg.uuid} all`), '+OK\n');
  const event = await done;
  assert.equal(event['Application-Response'], 'FILE PLAYED');
  leg.hangup();
});
