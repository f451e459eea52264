import assert from 'node:assert/strict';
import { after, describe } from 'node:test';
import { Baresip } from '../support/baresip.ts';
import { writeCertificate } from '../support/certificate.ts';
import type { Person } from '../support/company.ts';
import { type Answer, challengeIn, DoorPhone } from '../support/door-phone.ts';
import { eventually } from '../support/eventually.ts';
import { Evidence } from '../support/evidence.ts';
import { sharedHouse } from '../support/house.ts';
import { freePort } from '../support/ports.ts';
import { cdrOf, historyOf } from '../support/records.ts';
import { type Stage, scene } from '../support/stage.ts';
import { TONES } from '../support/tones.ts';

/** Another address of this machine: whoever comes from there is no neighbour of the phones. */
const ELSEWHERE = '127.0.0.2';
const NOBODY = '8888';
/** Where a real drachtio-server hears TLS, and by which certificate, if it has one. */
const { SWITCH, REAL_TLS_PORT, REAL_TLS_AUTHORITY } = process.env;
const isExternal = SWITCH === 'external';
/** How often each is asked, if not a dozen times: four wrong passwords are free, the fifth would be about waiting. */
const ROUNDS: Readonly<Record<string, number>> = { 'REGISTER, proved wrongly': 4, REFER: 2 };

describe('phones at the door', () => {
  const evidence = new Evidence('registration-tls');
  let tls: { readonly port: number; readonly authority: string } | undefined;
  const house = sharedHouse('registration', async () => {
    if (isExternal) {
      tls = { port: Number(REAL_TLS_PORT), authority: REAL_TLS_AUTHORITY ?? '' };
      return { env: { SIP_QUALIFY_SECONDS: '1' } };
    }
    const { certificate, key } = writeCertificate(evidence.folder('tls'));
    tls = { port: await freePort(), authority: certificate };
    return {
      env: {
        SIP_QUALIFY_SECONDS: '1',
        SIP_TLS_PORT: String(tls.port),
        SIP_TLS_CERTIFICATE: certificate,
        SIP_TLS_KEY: key,
      },
    };
  });
  after(() => evidence.close());

  const phoneAt = async (stage: Stage, address?: string): Promise<DoorPhone> => {
    const phone = await DoorPhone.open(house().system.sip, address);
    stage.atTheEnd(() => phone.close());
    return phone;
  };
  const reachable = ({ id }: Person, is: boolean) =>
    house().company.agent(id, (live) => live.reachable === is, `${id} reachable: ${is}`);

  scene(
    'a proof is good once, for who was asked and for what was asked; afterwards it is stale, and the next count is good',
    async (stage) => {
      const carmen = await house().company.person();
      const phone = await phoneAt(stage);
      const { user, password } = carmen;
      const asked = await phone.challenge(user);
      const proof = phone.proof({ user, password, ...asked });
      const first = await phone.ask('REGISTER', { user, headers: [proof, 'Expires: 60'] });
      assert.equal(first.status, 200);
      assert.match(first.header('Contact'), /;expires=60\b/);
      await reachable(carmen, true);

      const isStale = (answer: Answer, why: string) => {
        assert.deepEqual([answer.status, challengeIn(answer).stale], [401, 'true'], why);
        assert.equal(challengeIn(answer).realm, asked.realm);
      };
      isStale(await phone.ask('REGISTER', { user, headers: [proof] }), 'the same again');
      const thief = await phoneAt(stage, ELSEWHERE);
      const next = phone.proof({ user, password, ...asked, count: 2 });
      isStale(await thief.ask('REGISTER', { user, headers: [next] }), 'from elsewhere');
      const invented = phone.proof({ user, password, ...asked, nonce: 'AAAAAAAAAAAA' });
      isStale(await phone.ask('REGISTER', { user, headers: [invented] }), 'a nonce of nobody');
      const strange = phone.proof({ user, password, ...asked, realm: 'other', count: 2 });
      const other = await phone.ask('REGISTER', { user, headers: [strange] });
      assert.deepEqual([other.status, challengeIn(other).stale], [401, undefined], 'another realm');

      const brief = await phone.ask('REGISTER', { user, headers: [next, 'Expires: 5'] });
      assert.deepEqual([brief.status, brief.header('Min-Expires')], [423, '30']);
      const third = phone.proof({ user, password, ...asked, count: 3 });
      const gone = await phone.ask('REGISTER', {
        user,
        contact: '*',
        headers: [third, 'Expires: 0'],
      });
      assert.equal(gone.status, 200);
      await reachable(carmen, false);
    },
  );

  scene('a phone behind a router is called where its REGISTER came from', async (stage) => {
    const { company } = house();
    const line = await company.line();
    const carmen = await company.person(line);
    const phone = await phoneAt(stage);
    const contact = `<sip:${carmen.user}@192.168.77.5:5060>`;
    assert.equal((await phone.register(carmen.user, carmen.password, { contact })).status, 200);
    await company.ready(carmen);
    const caller = await house().dial(stage, line.dnis);
    const invite = await eventually('the INVITE', () =>
      phone.requests.find((text) => text.startsWith('INVITE ')),
    );
    assert.ok(invite.startsWith(`INVITE sip:${carmen.user}@192.168.77.5`), 'its own Contact');
    await caller.hangUp();
  });

  scene(
    'whoever is there and whoever is not are told the same, at the same time, by every method',
    async (stage) => {
      const { company } = house();
      const carmen = await company.person(await company.line());
      await house().baresip(stage, carmen);
      await company.ready(carmen);
      const stranger = await phoneAt(stage, ELSEWHERE);
      const body =
        'v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n';
      const wrong = async (user: string): Promise<Answer> =>
        stranger.register(user, 'a wrong password');
      const ways: Readonly<Record<string, (user: string) => Promise<Answer>>> = {
        REGISTER: (user) => stranger.ask('REGISTER', { user }),
        'REGISTER, proved wrongly': wrong,
        INVITE: (user) => stranger.ask('INVITE', { user, body }),
        SUBSCRIBE: (user) => stranger.ask('SUBSCRIBE', { user, headers: ['Event: dialog'] }),
        'SUBSCRIBE presence': (user) =>
          stranger.ask('SUBSCRIBE', { user, headers: ['Event: presence'] }),
        OPTIONS: (user) => stranger.ask('OPTIONS', { user }),
        MESSAGE: (user) => stranger.ask('MESSAGE', { user }),
        // drachtio-server does not answer one outside a dialog at all.
        REFER: (user) => {
          const headers = [`Refer-To: <${stranger.uriOf(user)}>`];
          return stranger.ask('REFER', { user, headers, silentMs: 1_000 });
        },
        NOTIFY: (user) =>
          stranger.ask('NOTIFY', {
            user,
            headers: ['Event: check-sync', 'Subscription-State: active'],
          }),
        PUBLISH: (user) => stranger.ask('PUBLISH', { user, headers: ['Event: presence'] }),
      };
      for (const [way, ask] of Object.entries(ways)) {
        const heard: { readonly there: Answer; readonly nowhere: Answer }[] = [];
        for (let times = 0; times < (ROUNDS[way] ?? 12); times++) {
          // Neither is always the first.
          const users = [carmen.user, NOBODY];
          if (times % 2 === 1) users.reverse();
          const asked = await Promise.all(users.map(ask));
          const [there, nowhere] = times % 2 === 1 ? asked.toReversed() : asked;
          assert.ok(there && nowhere);
          heard.push({ there, nowhere });
        }
        for (const { there, nowhere } of heard) assert.equal(there.text, nowhere.text, way);
        const tookMs = (who: 'there' | 'nowhere') =>
          Math.min(...heard.map((one) => one[who].tookMs));
        const apartMs = Math.abs(tookMs('there') - tookMs('nowhere'));
        stage.context.diagnostic(
          `${way}: ${heard[0]?.there.status}, ${tookMs('there').toFixed(1)} ms, ${apartMs.toFixed(1)} ms apart`,
        );
        assert.ok(apartMs < 20, `${way}: ${apartMs} ms apart`);
      }
    },
  );

  scene(
    'a guesser elsewhere, or behind the same router, has to wait; the owner notices nothing',
    async (stage) => {
      const { user, password } = await house().company.person();
      const owner = await phoneAt(stage);
      assert.equal((await owner.register(user, password)).status, 200);
      for (const address of [ELSEWHERE, owner.address]) {
        const guesser = await phoneAt(stage, address);
        const guesses = Array.from({ length: 8 }, (_, nth) =>
          guesser.register(user, `guess ${nth}`),
        );
        assert.deepEqual(
          new Set((await Promise.all(guesses)).map(({ status }) => status)),
          new Set([403]),
        );
        const lucky = await guesser.register(user, password);
        assert.equal(lucky.status, 403, 'not even the right one is looked at now');
        assert.equal((await owner.register(user, password)).status, 200);
      }
    },
  );

  scene(
    'a phone by TLS is called over its own connection, and both hear each other',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line();
      const carmen = await company.person(line);
      assert.ok(tls);
      const phone = await Baresip.start({
        ...{ user: carmen.user, password: carmen.password, evidence: stage.evidence },
        ...{ remote: { host: system.sip.host, port: tls.port }, transport: 'tls' },
        ...{ authority: tls.authority, toneHz: TONES.agent },
      });
      stage.atTheEnd(() => phone.stop());
      await company.ready(carmen);
      const caller = await house().dial(stage, line.dnis);
      await phone.rings();
      await phone.answer();
      await eventually('both to hear each other', () =>
        [caller.rtp?.heard.find(TONES.agent, 300), phone.heard().find(TONES.caller, 300)].every(
          Boolean,
        ),
      );
      await phone.hangUp();
      await caller.wasHungUp();
    },
    {
      skip: isExternal && !REAL_TLS_PORT && 'the real switch was started without a certificate',
    },
  );

  scene(
    'a phone that has died is found before a caller pays for it: nobody rings it, the next agent rings at once',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line({ strategy: 'top-down' });
      const [carmen, diego] = [await company.person(line), await company.person(line)];
      const dead = await house().baresip(stage, carmen);
      const phone = await house().baresip(stage, diego);
      await company.ready(carmen);
      await company.ready(diego);
      await dead.die();
      await reachable(carmen, false);
      const caller = await house().dial(stage, line.dnis);
      await phone.rings();
      await phone.answer();
      await eventually('the caller to hear the agent', () =>
        caller.rtp?.heard.find(TONES.agent, 300),
      );
      await caller.hangUp();
      const { callId } = await cdrOf(system.api, caller.sipp.callId);
      const offered = (await historyOf(system.api, callId)).filter(
        ({ type }) => type === 'offer.made',
      );
      assert.deepEqual(
        offered.map(({ data }) => data.agentId),
        [diego.id],
      );
    },
  );
});
