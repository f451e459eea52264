import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { invite, Leg, openSwitch, park, type Switch } from './support/media-server.ts';
import { RtpEnd } from './support/rtp-end.ts';

const MUSIC = 'tone_stream://%(10000,0,440);loops=-1';

let at: Switch;
before(async () => {
  at = await openSwitch();
});
after(() => at.close());

test('An INVITE with SDP is answered and parked under its Call-ID', async () => {
  const leg = await park(at);
  assert.match(leg.sdp, /m=audio \d+ RTP\/AVP 8 101/);
  assert.equal(await at.esl.api(`uuid_exists ${leg.uuid}`), 'true');
  const names = at.esl.namesOf(leg.uuid).filter((name) => /CREATE|ANSWER|PARK/.test(name));
  assert.deepEqual(names, ['CHANNEL_CREATE', 'CHANNEL_ANSWER', 'CHANNEL_PARK']);
  const gone = at.esl.next('CHANNEL_DESTROY', leg.uuid);
  leg.hangup();
  await gone;
  assert.equal(await at.esl.api(`uuid_exists ${leg.uuid}`), 'false');
});

test('A playback is heard, and uuid_break ends it', async () => {
  const leg = await park(at);
  leg.rtp.talk(leg.sdp, 300);
  const done = at.esl.execute(leg.uuid, 'playback', MUSIC);
  await leg.rtp.hears(440);
  assert.equal(await at.esl.api(`uuid_break ${leg.uuid} all`), '+OK\n');
  assert.equal((await done)['Application-Response'], 'FILE PLAYED');
  leg.hangup();
});

test('A playback that is paused is silent, goes on, and can be broken', async () => {
  const leg = await park(at);
  leg.rtp.talk(leg.sdp, 300);
  const pause = (): Promise<string> => at.esl.api(`uuid_fileman ${leg.uuid} pause`);
  assert.equal(await pause(), '-ERR No file handle!\n');
  const done = at.esl.execute(leg.uuid, 'playback', MUSIC);
  await leg.rtp.hears(440);
  assert.equal(await pause(), '+OK\n');
  await eventually('silence', () => leg.rtp.share(440) < 0.1);
  await pause();
  await leg.rtp.hears(440);
  await pause();
  await at.esl.api(`uuid_break ${leg.uuid} all`);
  assert.equal((await done)['Application-Response'], 'FILE PLAYED');
  leg.hangup();
});

test('A playback during music is heard instead of it, and the music goes on', async () => {
  const leg = await park(at);
  leg.rtp.talk(leg.sdp, 300);
  const music = at.esl.execute(leg.uuid, 'playback', MUSIC, { loops: '-1' });
  await leg.rtp.hears(440);
  const announcement = at.esl.execute(leg.uuid, 'playback', 'tone_stream://%(600,0,1000)');
  await leg.rtp.hears(1000);
  assert.equal((await announcement)['Application-Response'], 'FILE PLAYED');
  await leg.rtp.hears(440);
  await at.esl.api(`uuid_break ${leg.uuid}`);
  await music;
  leg.hangup();
});

test('A file that is missing says so, and the channel goes on', async () => {
  const leg = await park(at);
  const event = await at.esl.execute(leg.uuid, 'playback', '/nonexistent.wav');
  assert.equal(event['Application-Response'], 'FILE NOT FOUND');
  const next = await at.esl.execute(leg.uuid, 'playback', 'silence_stream://60');
  assert.equal(next['Application-Response'], 'FILE PLAYED');
  leg.hangup();
});

test('A key is told once, with its duration', async () => {
  const leg = await park(at);
  leg.rtp.talk(leg.sdp, 300);
  const first = at.esl.next('DTMF', leg.uuid);
  await leg.rtp.press('5');
  const event = await first;
  assert.equal(event['DTMF-Digit'], '5');
  assert.equal(event['DTMF-Duration'], '400');
  assert.equal(event['DTMF-Source'], 'RTP');
  const second = at.esl.next('DTMF', leg.uuid);
  await leg.rtp.press('#');
  assert.equal((await second)['DTMF-Digit'], '#');
  const told = at.esl.namesOf(leg.uuid).filter((name) => name === 'DTMF');
  assert.equal(told.length, 2);
  leg.hangup();
});

test('Without an offer the server offers, and takes the answer in the ACK', async () => {
  const telephone = await RtpEnd.open('PCMU');
  const uuid = randomUUID();
  const parked = at.esl.next('CHANNEL_PARK', uuid);
  const { response, session } = await invite(at, { uuid, answer: telephone.sdp });
  assert.match(response.body, /m=audio \d+ RTP\/AVP 9 8 0 101/);
  await parked;
  assert.ok(session);
  const leg = new Leg(uuid, telephone, session, response.body);
  telephone.talk(leg.sdp, 300);
  const done = at.esl.execute(uuid, 'playback', MUSIC);
  await telephone.hears(440);
  await at.esl.api(`uuid_break ${uuid}`);
  await done;
  leg.hangup();
});

test('Without an offer the server offers, and takes the answer in a re-INVITE', async () => {
  const telephone = await RtpEnd.open('PCMU');
  const uuid = randomUUID();
  const parked = at.esl.next('CHANNEL_PARK', uuid);
  const { response, session } = await invite(at, { uuid });
  await parked;
  assert.ok(session);
  const leg = new Leg(uuid, telephone, session, response.body);
  const outcome = await leg.reinvite(telephone.sdp);
  assert.ok(outcome.ok);
  assert.equal(outcome.value.status, 200);
  telephone.talk(outcome.value.body, 300);
  const done = at.esl.execute(uuid, 'playback', MUSIC);
  await telephone.hears(440);
  await at.esl.api(`uuid_break ${uuid}`);
  await done;
  leg.hangup();
});

for (const [codecA, codecB] of [
  ['PCMA', 'PCMA'],
  ['PCMA', 'PCMU'],
  ['G722', 'PCMU'],
  ['G722', 'G722'],
] as const) {
  test(`Two bridged parties hear each other: ${codecA} and ${codecB}`, async () => {
    const a = await park(at, await RtpEnd.open(codecA));
    const b = await park(at, await RtpEnd.open(codecB));
    a.rtp.talk(a.sdp, 600);
    b.rtp.talk(b.sdp, 900);
    const bridged = at.esl.next('CHANNEL_BRIDGE', a.uuid);
    assert.equal(await at.esl.api(`uuid_bridge ${a.uuid} ${b.uuid}`), `+OK ${b.uuid}\n`);
    assert.equal((await bridged)['Other-Leg-Unique-ID'], b.uuid);
    await Promise.all([a.rtp.hears(900), b.rtp.hears(600)]);
    a.hangup();
    b.hangup();
  });
}

test('Music gives way to a bridge; who is left behind is parked and can be played to', async () => {
  const a = await park(at);
  const b = await park(at);
  a.rtp.talk(a.sdp, 600);
  b.rtp.talk(b.sdp, 900);
  const music = at.esl.execute(a.uuid, 'playback', MUSIC, { loops: '-1' });
  await a.rtp.hears(440);
  await at.esl.api(`uuid_bridge ${a.uuid} ${b.uuid}`);
  assert.equal((await music)['Application-Response'], 'PLAYBACK ERROR');
  await a.rtp.hears(900);
  const parked = at.esl.next('CHANNEL_PARK', a.uuid);
  const unbridged = at.esl.next('CHANNEL_UNBRIDGE', a.uuid);
  b.hangup();
  await Promise.all([parked, unbridged]);
  const done = at.esl.execute(a.uuid, 'playback', 'tone_stream://%(2000,0,1200)');
  await a.rtp.hears(1200);
  await at.esl.api(`uuid_break ${a.uuid}`);
  await done;
  a.hangup();
});

test('A key pressed in a bridge is told and passed on', async () => {
  const a = await park(at);
  const b = await park(at);
  a.rtp.talk(a.sdp, 600);
  b.rtp.talk(b.sdp, 900);
  const bridged = at.esl.next('CHANNEL_BRIDGE', a.uuid);
  await at.esl.api(`uuid_bridge ${a.uuid} ${b.uuid}`);
  await bridged;
  await b.rtp.hears(600);
  const told = at.esl.next('DTMF', a.uuid);
  await a.rtp.press('7');
  assert.equal((await told)['DTMF-Digit'], '7');
  await at.esl.next('HEARTBEAT');
  assert.equal(b.rtp.keys(), '7');
  a.hangup();
  b.hangup();
});

test('uuid_kill sends a BYE with the cause and tells the end', async () => {
  const leg = await park(at);
  const complete = at.esl.next('CHANNEL_HANGUP_COMPLETE', leg.uuid);
  assert.equal(await at.esl.api(`uuid_kill ${leg.uuid} USER_BUSY`), '+OK\n');
  assert.equal(await leg.over, 'Q.850;cause=17;text="USER_BUSY"');
  assert.equal((await complete)['Hangup-Cause'], 'USER_BUSY');
  assert.equal(await at.esl.api(`uuid_kill ${leg.uuid}`), '-ERR No such channel!\n');
  leg.rtp.close();
});

test('A caller who hangs up ends the channel', async () => {
  const leg = await park(at);
  const hangup = at.esl.next('CHANNEL_HANGUP', leg.uuid);
  leg.hangup();
  assert.equal((await hangup)['Hangup-Cause'], 'NORMAL_CLEARING');
});

test('Hold by re-INVITE silences the server, and retrieving brings the voice back', async () => {
  const a = await park(at);
  const b = await park(at);
  a.rtp.talk(a.sdp, 600);
  b.rtp.talk(b.sdp, 900);
  await at.esl.api(`uuid_bridge ${a.uuid} ${b.uuid}`);
  await a.rtp.hears(900);
  const held = at.esl.next('CHANNEL_HOLD', a.uuid);
  const hold = await a.reinvite(a.rtp.describe(['PCMA'], 'sendonly'));
  assert.ok(hold.ok && hold.value.status === 200);
  assert.match(hold.value.body, /a=recvonly/);
  await held;
  a.rtp.forget();
  const retrieve = await a.reinvite(a.rtp.describe(['PCMA'], 'sendrecv'));
  assert.ok(retrieve.ok && retrieve.value.status === 200);
  await a.rtp.hears(900);
  a.hangup();
  b.hangup();
});

test('What cannot be agreed on is refused: no audio, unknown codecs, strangers, a Call-ID twice', async () => {
  const telephone = await RtpEnd.open();
  const opus = telephone.sdp.replace(/AVP .*/, 'AVP 96').replace(/a=rtpmap.*\r\n/g, '');
  const unknown = await invite(at, { body: `${opus}a=rtpmap:96 opus/48000/2\r\n` });
  assert.equal(unknown.response.status, 488);
  assert.match(unknown.response.headers.get('reason') ?? '', /INCOMPATIBLE_DESTINATION/);
  const silent = await invite(at, { body: telephone.sdp.replace(/m=audio.*\r\n(a=.*\r\n)*/, '') });
  assert.equal(silent.response.status, 488);
  const stranger = await invite(at, { body: telephone.sdp, headers: [] });
  assert.equal(stranger.response.status, 603);
  const leg = await park(at, telephone);
  const twice = await invite(at, { uuid: leg.uuid, body: telephone.sdp });
  assert.ok([482, 503].includes(twice.response.status));
  leg.hangup();
});

test('An application that is unknown hangs the channel up', async () => {
  const leg = await park(at);
  const hangup = at.esl.next('CHANNEL_HANGUP', leg.uuid);
  await at.esl.send(`sendmsg ${leg.uuid}`, {
    'call-command': 'execute',
    'execute-app-name': 'nosuch',
  });
  assert.equal((await hangup)['Hangup-Cause'], 'DESTINATION_OUT_OF_ORDER');
  leg.rtp.close();
});
