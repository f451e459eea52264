import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { type Baresip, obeysAutoAnswer } from '../support/baresip.ts';
import type { Caller } from '../support/caller.ts';
import { eventually } from '../support/eventually.ts';
import { FeedClient } from '../support/feed.ts';
import { sharedHouse } from '../support/house.ts';
import { HttpServer, signatureOf } from '../support/http-server.ts';
import { mistakesIn } from '../support/monitoring.ts';
import { writePcmaCapture } from '../support/pcap.ts';
import { cdrOf, cdrsOf, historyOf } from '../support/records.ts';
import { scene } from '../support/stage.ts';
import { TONES, toneSamples } from '../support/tones.ts';

/** Each hears the other's tone, and nothing of their own. */
async function hearEachOther(caller: Caller, agent: Baresip): Promise<void> {
  await eventually('the caller to hear the agent', () => caller.rtp?.heard.find(TONES.agent, 400));
  await eventually('the agent to hear the caller', () => agent.heard().find(TONES.caller, 400));
  assert.equal(caller.rtp?.heard.totalMs(TONES.caller), 0, 'the caller hears an echo');
  assert.equal(agent.heard().totalMs(TONES.agent), 0, 'the agent hears an echo');
}

interface WebhookMessage {
  readonly type: string;
  readonly data: { readonly callId: string; readonly seq: number };
}

describe('talking', () => {
  const house = sharedHouse('talk', async () => ({ env: { WEBHOOK_PRIVATE: '127.0.0.0/8' } }));

  scene(
    'a caller and an agent hear each other; the caller hangs up; the record is complete',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line();
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen);
      await company.ready(carmen);

      const caller = await house().dial(stage, line.dnis);
      await phone.rings();
      await company.state(carmen, 'offered');
      await phone.answer();
      await hearEachOther(caller, phone);
      await company.state(carmen, 'talking');
      await caller.hangUp();
      await phone.event('CALL_CLOSED');
      await company.state(carmen, 'ready');

      const cdr = await cdrOf(system.api, caller.sipp.callId);
      assert.equal(cdr.outcome, 'answered');
      assert.equal(cdr.endedBy, 'caller');
      assert.equal(cdr.agentId, carmen.id);
      assert.equal(cdr.queueId, line.queueId);
      assert.equal(cdr.ani, caller.ani);
      assert.ok(cdr.talkMs > 0 && cdr.waitMs >= 0, JSON.stringify(cdr));
      assert.equal((await cdrsOf(system.api, caller.sipp.callId)).length, 1);
      const steps = await historyOf(system.api, cdr.callId);
      assert.deepEqual(
        steps.map(({ seq }) => seq),
        steps.map((_, index) => index + 1),
      );
      const types = steps.map(({ type }) => type);
      const wanted = [
        'call.arrived',
        'call.queued',
        'offer.made',
        'call.connected',
        'call.finished',
      ];
      assert.deepEqual(
        types.filter((type) => wanted.includes(type)),
        wanted,
        types.join(' '),
      );
    },
  );

  scene('O7 what it measures is what the dashboard and the alerts ask for', async (stage) => {
    const { company, system } = house();
    const line = await company.line();
    const carmen = await company.person(line);
    const phone = await house().baresip(stage, carmen);
    await company.ready(carmen);
    const caller = await house().dial(stage, line.dnis);
    await phone.rings();
    await phone.answer();
    await hearEachOther(caller, phone);
    await caller.hangUp();
    await cdrOf(system.api, caller.sipp.callId);

    const metrics = await system.api.text('/metrics');
    assert.deepEqual(mistakesIn(metrics), []);
    for (const seen of [
      /^centralita_sip_messages_total\{direction="received",method="INVITE",class="request"\} [1-9]/m,
      /^centralita_sip_messages_total\{direction="sent",method="INVITE",class="2xx"\} [1-9]/m,
      /^centralita_sip_messages_total\{direction="received",method="INVITE",class="2xx"\} [1-9]/m,
      /^centralita_sip_messages_total\{direction="sent",method="REGISTER",class="4xx"\} [1-9]/m,
      /^centralita_sip_messages_total\{direction="received",method="BYE",class="request"\} [1-9]/m,
      /^centralita_registrations [1-9]/m,
      /^centralita_media_up\{server="[^"]+"\} 1/m,
      /^centralita_media_round_trip_seconds_count\{server="[^"]+"\} [1-9]/m,
      /^centralita_offer_answer_seconds_count\{queue="[^"]+"\} [1-9]/m,
      /^centralita_routing_seconds_count [1-9]/m,
      /^centralita_bridge_seconds_count\{result="ok"\} [1-9]/m,
      /^centralita_database_query_seconds_count\{pool="admin",result="ok"\} [1-9]/m,
      /^centralita_records_lost_total 0$/m,
    ])
      assert.match(metrics, seen);
  });

  scene(
    'a phone that is asked to picks up by itself, and one that is not rings',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line();
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen, { autoAnswer: 'asked' });
      await company.ready(carmen);
      const asked = async (autoAnswer: boolean) => {
        await system.api.patch(`/v1/agents/${carmen.id}`, { arrival: { autoAnswer } });
        return house().dial(stage, line.dnis);
      };
      const first = await asked(false);
      await phone.rings();
      await phone.answer();
      await eventually('the agent', () => first.rtp?.heard.find(TONES.agent, 300));
      await first.hangUp();
      await phone.event('CALL_CLOSED');
      await company.state(carmen, 'ready');
      const second = await asked(true);
      await eventually('the agent', () => second.rtp?.heard.find(TONES.agent, 300));
      await second.hangUp();
      await phone.event('CALL_CLOSED', 2);
    },
    { skip: obeysAutoAnswer ? false : 'baresip 1.0 obeys no header; BARESIP names a later one' },
  );

  scene('the agent hangs up, and the caller gets a BYE', async (stage) => {
    const { company, system } = house();
    const line = await company.line();
    const carmen = await company.person(line);
    const phone = await house().baresip(stage, carmen);
    await company.ready(carmen);
    const caller = await house().dial(stage, line.dnis);
    await phone.rings();
    await phone.answer();
    await hearEachOther(caller, phone);
    await phone.hangUp();
    await caller.wasHungUp();
    await caller.sipp.done();
    assert.equal((await cdrOf(system.api, caller.sipp.callId)).endedBy, 'agent');
  });

  scene('SIP over TCP, both the caller and the agent', async (stage) => {
    const { company } = house();
    const line = await company.line();
    const carmen = await company.person(line);
    const phone = await house().baresip(stage, carmen, { transport: 'tcp' });
    await company.ready(carmen);
    const caller = await house().dial(stage, line.dnis, { transport: 'tcp' });
    await phone.rings();
    await phone.answer();
    await hearEachOther(caller, phone);
    await caller.hangUp();
    await phone.event('CALL_CLOSED');
  });

  scene('the caller holds and comes back by re-INVITE', async (stage) => {
    const { company } = house();
    const line = await company.line();
    const carmen = await company.person(line);
    const phone = await house().baresip(stage, carmen);
    await company.ready(carmen);
    const caller = await house().dial(stage, line.dnis);
    await phone.rings();
    await phone.answer();
    await hearEachOther(caller, phone);
    const held = await caller.hold();
    assert.match(held.text, /^a=(recvonly|inactive)/m);
    const resumed = await caller.resume();
    assert.doesNotMatch(resumed.text, /^a=(recvonly|inactive|sendonly)/m);
    const since = performance.now();
    await eventually('the caller to hear the agent again', () =>
      caller.rtp?.heard.find(TONES.agent, 400, since),
    );
    await caller.hangUp();
    await phone.event('CALL_CLOSED');
  });

  scene('the agent holds and comes back by re-INVITE', async (stage) => {
    const { company } = house();
    const line = await company.line();
    const carmen = await company.person(line);
    const phone = await house().baresip(stage, carmen);
    await company.ready(carmen);
    const caller = await house().dial(stage, line.dnis);
    await phone.rings();
    await phone.answer();
    await hearEachOther(caller, phone);
    const descriptions = phone.count('CALL_REMOTE_SDP');
    await phone.hold();
    await phone.event('CALL_REMOTE_SDP', descriptions + 1);
    assert.equal(caller.hungUp, false);
    await phone.resume();
    await phone.event('CALL_REMOTE_SDP', descriptions + 2);
    const since = performance.now();
    await eventually('the caller to hear the agent again', () =>
      caller.rtp?.heard.find(TONES.agent, 400, since),
    );
    await caller.hangUp();
    await phone.event('CALL_CLOSED');
  });

  scene('SIPp has the audio: the agent hears what it plays', async (stage) => {
    const { company } = house();
    const line = await company.line();
    const carmen = await company.person(line);
    const phone = await house().baresip(stage, carmen);
    await company.ready(carmen);
    const path = stage.evidence.file('caller.pcap');
    writePcmaCapture(path, toneSamples(TONES.caller, 15));
    const caller = await house().dial(stage, line.dnis, { sippMedia: { kind: 'capture', path } });
    await phone.rings();
    await phone.answer();
    await eventually('the agent to hear the caller', () => phone.heard().find(TONES.caller, 400));
    await caller.hangUp();
    await phone.event('CALL_CLOSED');
  });

  scene('SIPp has the audio: the agent hears the own voice echoed by the caller', async (stage) => {
    const { company } = house();
    const line = await company.line();
    const carmen = await company.person(line);
    const phone = await house().baresip(stage, carmen);
    await company.ready(carmen);
    const caller = await house().dial(stage, line.dnis, { sippMedia: { kind: 'echo' } });
    await phone.rings();
    await phone.answer();
    await eventually('the echo of the agent', () => phone.heard().find(TONES.agent, 400));
    await caller.hangUp();
    await phone.event('CALL_CLOSED');
  });

  scene(
    'the live feed tells every step of an agent, numbered without gaps; a webhook every step of the call',
    async (stage) => {
      const { company, system } = house();
      const crm = await HttpServer.open();
      stage.atTheEnd(() => crm.close());
      crm.answer = (response) => void response.writeHead(204).end();
      const { secret } = await system.api.post<{ secret: string }>('/v1/webhooks', {
        id: 'crm',
        name: 'CRM',
        url: `http://${crm.host}/calls`,
        events: ['call.*'],
      });
      const feed = await FeedClient.open(system.api);
      stage.atTheEnd(() => feed.close());
      await eventually('the snapshot', () => feed.snapshotSeq !== undefined);
      const line = await company.line();
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen);
      await company.ready(carmen);
      const caller = await house().dial(stage, line.dnis);
      await phone.rings();
      await phone.answer();
      await company.state(carmen, 'talking');
      await caller.hangUp();
      await company.state(carmen, 'ready');
      const wanted = ['ready', 'offered', 'talking', 'ready'];
      await eventually('the feed to have told it all', () => {
        const states = feed
          .statesOf(carmen.id)
          .filter((state, index, all) => state !== all[index - 1]);
        return states.join().endsWith(wanted.join());
      });
      const seqs = feed.changes.map(({ seq }) => seq);
      const first = (feed.snapshotSeq ?? 0) + 1;
      assert.deepEqual(
        seqs,
        seqs.map((_, index) => first + index),
      );
      const { callId } = await cdrOf(system.api, caller.sipp.callId);
      const told = await eventually('the webhook to have told it all', () => {
        const steps = crm.heard.map(({ body }) => JSON.parse(body) as WebhookMessage);
        const ours = steps.filter(({ data }) => data.callId === callId);
        return ours.some(({ type }) => type === 'call.finished') ? ours : undefined;
      });
      const types = told.map(({ type }) => type);
      for (const type of ['call.arrived', 'call.queued', 'call.connected'])
        assert.ok(types.includes(type), `${type} of ${types}`);
      const order = told.map(({ data }) => data.seq);
      assert.deepEqual(
        order,
        [...order].sort((a, b) => a - b),
      );
      for (const message of crm.heard)
        assert.equal(signatureOf(message, secret), message.headers['webhook-signature']);
    },
  );
});
