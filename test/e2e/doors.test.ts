import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { PhoneBox, type Ringing } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import { fromHeader } from '../support/caller.ts';
import { eventually, pause } from '../support/eventually.ts';
import { type House, sharedHouse } from '../support/house.ts';
import { RawSip } from '../support/raw-sip.ts';
import { liveCalls } from '../support/records.ts';
import { Sipp } from '../support/sipp.ts';
import { registerBySipp } from '../support/sipp-agent.ts';
import { type Stage, scene } from '../support/stage.ts';
import { ALL_TONES, TONES } from '../support/tones.ts';

const MAIN_NUMBER = '8005550100';

describe('strangers at the door', () => {
  const house = sharedHouse('doors');

  /** Whatever came before: a good call works. */
  const nextGoodCallWorks = async (stage: Stage, { company, ...rest }: House) => {
    const line = await company.line();
    const carmen = await company.person(line);
    const phone = await house().baresip(stage, carmen);
    await company.ready(carmen);
    const caller = await house().dial(stage, line.dnis);
    await phone.rings();
    await phone.answer();
    await eventually('the caller to hear the agent', () =>
      caller.rtp?.heard.find(TONES.agent, 300),
    );
    await caller.hangUp();
    assert.ok(rest.system.running);
  };

  const raw = async (stage: Stage) => {
    const peer = await RawSip.open(house().system.sip);
    stage.atTheEnd(() => peer.close());
    return peer;
  };

  const refused = async (stage: Stage, dnis: string, status: number, body: string) => {
    const sipp = await Sipp.start({
      scenario: 'refused-caller',
      remote: house().system.sip,
      evidence: stage.evidence,
      variables: {
        dnis,
        status,
        from: fromHeader('+525555559999'),
        extraHeaders: '',
        body: `\nContent-Type: application/sdp\nContent-Length: [len]\n\n${body}`,
      },
    });
    stage.atTheEnd(() => sipp.stop());
    await sipp.done();
  };

  const sdp = (media: string) =>
    `v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n${media}\n`;

  scene('a wrong password does not register, and the right one does afterwards', async (stage) => {
    const { company, system } = house();
    const line = await company.line();
    const carmen = await company.person(line);
    const registration = {
      remote: system.sip,
      evidence: stage.evidence,
      user: carmen.user,
      contactPort: 9,
    };
    await registerBySipp({ ...registration, password: 'wrong-password', status: 403 });
    const { reachable } = await company.agent(carmen.id, () => true);
    assert.equal(reachable, false);
    await registerBySipp({ ...registration, password: carmen.password });
    await company.agent(carmen.id, (live) => live.reachable);
  });

  scene('extensions that exist and that do not are answered alike', async (stage) => {
    const peer = await raw(stage);
    const { host, port } = house().system.sip;
    for (const user of ['1001', '7777', 'admin', '1006']) {
      const address = `sip:${user}@${host}:${port}`;
      await peer.request('REGISTER', `sip:${host}:${port}`, {
        from: address,
        to: address,
        callId: user,
      });
    }
    await eventually('four answers', () => peer.finalStatuses().size === 4);
    assert.deepEqual([...new Set(peer.finalStatuses().values())], [401]);
  });

  scene('a scanner learns nothing: nothing registers, rings or is dialled', async (stage) => {
    const peer = await raw(stage);
    const { host, port } = house().system.sip;
    const userAgent = 'friendly-scanner';
    await peer.request('OPTIONS', `sip:100@${host}:${port}`, { userAgent });
    for (let extension = 1000; extension < 1030; extension++) {
      const address = `sip:${extension}@${host}:${port}`;
      await peer.request('REGISTER', `sip:${host}:${port}`, {
        from: address,
        to: address,
        userAgent,
      });
      await peer.request('INVITE', address, { userAgent, body: sdp('m=audio 9 RTP/AVP 0') });
    }
    await peer.quiet();
    const statuses = [...peer.finalStatuses().values()];
    assert.deepEqual(
      statuses.filter((status) => status < 300),
      [],
    );
    assert.deepEqual(await liveCalls(house().system.api), []);
    await nextGoodCallWorks(stage, house());
  });

  scene('strangers cannot dial out, nor reach an extension', async (stage) => {
    const peer = await raw(stage);
    const { host, port } = house().system.sip;
    const targets = ['00442012345678', '+14155550100', '9011972592000000', '1001', '*73', 'a%00b'];
    for (const target of targets) {
      await peer.request('INVITE', `sip:${target}@${host}:${port}`, {
        body: sdp('m=audio 9 RTP/AVP 0'),
      });
    }
    await peer.request('INVITE', 'sip:+14155550100@trunk.example', {
      body: sdp('m=audio 9 RTP/AVP 0'),
    });
    await peer.quiet();
    const statuses = [...peer.finalStatuses().values()];
    assert.ok(
      statuses.every((status) => status >= 400),
      String(statuses),
    );
    assert.deepEqual(await liveCalls(house().system.api), []);
  });

  scene('an unknown number is refused with 404', async (stage) => {
    await refused(stage, '8005559999', 404, sdp('m=audio 9 RTP/AVP 8'));
  });

  scene(
    'a description without audio, or with no codec of ours, is refused with 488',
    async (stage) => {
      await refused(stage, MAIN_NUMBER, 488, sdp('m=video 9 RTP/AVP 31'));
      await refused(
        stage,
        MAIN_NUMBER,
        488,
        sdp('m=audio 9 RTP/AVP 99\na=rtpmap:99 unheard-of/44100'),
      );
      await nextGoodCallWorks(stage, house());
    },
  );

  scene('malformed messages are answered as the RFC says or not at all', async (stage) => {
    const peer = await raw(stage);
    const { host, port } = house().system.sip;
    const uri = `sip:${MAIN_NUMBER}@${host}:${port}`;
    const messages = [
      'not SIP at all',
      '\r\n\r\n\r\n\r\n',
      Buffer.alloc(60_000, 0x41),
      Buffer.from(Array.from({ length: 1_500 }, (_, index) => (index * 7919) % 256)),
      `INVITE ${uri} SIP/2.0\r\n\r\n`,
      `INVITE ${uri} SIP/7.0\r\nVia: SIP/7.0/UDP 127.0.0.1\r\n\r\n`,
      `INVITE ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:1\r\nContent-Length: 99999\r\n\r\n`,
      `INVITE ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=${'x'.repeat(9_000)}\r\nCSeq: 4294967296999 INVITE\r\n\r\n`,
      `ACK ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKx\r\nCSeq: 1 ACK\r\n\r\n`,
      'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKnone\r\nCSeq: 1 INVITE\r\n\r\n',
      'SIP/2.0 abc OK\r\n\r\n',
    ];
    for (const message of messages) await peer.send(message);
    await peer.request('BYE', uri);
    await peer.request('CANCEL', uri);
    await peer.request('NOSUCH', uri);
    await peer.request('INVITE', uri, { headers: ['Require: nothing-we-know'], callId: 'require' });
    await peer.request('INVITE', uri, { body: 'v=9\r\nm=\r\n\0\0', callId: 'body' });
    await peer.quiet();
    const statuses = peer.finalStatuses();
    assert.equal(statuses.get('require'), 420, 'RFC 3261 section 8.2.2.3');
    assert.deepEqual(
      [...statuses.values()].filter((status) => status < 300),
      [],
    );
    await nextGoodCallWorks(stage, house());
    assert.deepEqual(house().system.errors(), []);
  });

  scene('a flood of registrations does not keep a good call away', async (stage) => {
    const peer = await raw(stage);
    const { host, port } = house().system.sip;
    for (let index = 0; index < 1_000; index++) {
      const address = `sip:${3_000 + index}@${host}:${port}`;
      await peer.request('REGISTER', `sip:${host}:${port}`, { from: address, to: address });
      if (index % 50 === 0) await pause(5);
    }
    await nextGoodCallWorks(stage, house());
  });

  scene('floods of every kind while two talk: neither loses a word', async (stage) => {
    const { company, system } = house();
    const line = await company.line();
    const carmen = await company.person(line);
    const box = await PhoneBox.open(system.sip);
    stage.atTheEnd(() => box.close());
    const answered = new Promise<PhoneCall | undefined>((resolve) => {
      const picksUp = (call: Ringing) => resolve(call.answer({ listenFor: ALL_TONES }));
      void box.register(carmen, picksUp);
    });
    await company.agent(carmen.id, ({ reachable }) => reachable);
    await company.ready(carmen);
    const caller = await house().dial(stage, line.dnis);
    const agent = await answered;
    agent?.rtp.play(TONES.agent);
    const since = performance.now();
    await eventually('both to hear each other', () =>
      [caller.rtp?.heard.find(TONES.agent, 300), agent?.rtp.heard.find(TONES.caller, 300)].every(
        Boolean,
      ),
    );
    const peer = await raw(stage);
    const { host, port } = system.sip;
    const methods = ['OPTIONS', 'REGISTER', 'INVITE', 'SUBSCRIBE'];
    for (let sent = 0; sent < 1_200; sent++) {
      const uri = `sip:${1_000 + sent}@${host}:${port}`;
      const method = methods[sent % methods.length] ?? '';
      const body = method === 'INVITE' ? sdp('m=audio 9 RTP/AVP 8') : '';
      const headers = method === 'SUBSCRIBE' ? ['Event: dialog'] : [];
      await peer.request(method, uri, { from: uri, to: uri, body, headers });
      if (sent % 20 === 0) await pause(50);
    }
    const statuses = new Set(peer.finalStatuses().values());
    assert.ok(statuses.has(401) && statuses.has(404), [...statuses].join());
    for (const [who, rtp, tone] of [
      ['caller', caller.rtp, TONES.agent],
      ['agent', agent?.rtp, TONES.caller],
    ] as const) {
      const heardMs = performance.now() - since - 1_000;
      assert.ok(
        rtp?.heard.find(tone, heardMs),
        `the ${who}: ${JSON.stringify(rtp?.heard.stretches)}`,
      );
      assert.equal(rtp?.statistics.lost, 0, `packets that the ${who} has lost`);
    }
    await caller.hangUp();
  });

  scene('without a key the API says nothing, and health says that all is well', async () => {
    const { api } = house().system;
    assert.equal(await api.status('GET', '/v1/calls', 'a-wrong-key-0123456789'), 401);
    assert.equal(await api.status('GET', '/healthz', ''), 200);
    assert.equal(await api.status('GET', '/readyz', ''), 200);
  });
});
