import { describe, it } from 'node:test';
import { holds } from './named-test.ts';
import { START } from './world/stage.ts';

/** What seeds found and the shrinker made small. Each was a mistake once, of the engine or of its judge. */
describe('found by the simulator', () => {
  it('V2: of two rules that lead to the same queue, the one that is due first counts (seed 4)', () => {
    const overflow = [
      { when: 'maxWait', ms: 15_000, to: { queue: 'q5' } },
      { when: 'maxWait', ms: 5_000, to: { queue: 'q5' } },
    ];
    const queues = [
      { id: 'q5', name: 'Queue 5' },
      { id: 'q4', name: 'Queue 4', overflow },
    ];
    holds([
      { at: 0, command: { type: 'configure', queues, agents: [] } },
      {
        at: 23_853,
        command: {
          type: 'call.enqueue',
          callId: 'c3609',
          queueId: 'q4',
          priority: 5,
          requiredSkills: {},
        },
      },
      { at: 28_853, command: { type: 'tick' } },
    ]);
  });

  it('V6: rules that are new while a call is talked to count when it comes back (seed 880005)', () => {
    const overflow = [{ when: 'maxWait', ms: 5_000, to: { queue: 'q3' } }];
    const before = [{ id: 'q2', name: 'Queue 2' }];
    const after = [
      { id: 'q3', name: 'Queue 3' },
      { id: 'q2', name: 'Queue 2', overflow },
    ];
    const agents = [{ id: 'a1', name: 'Agent 1', extension: '1001', skills: {}, queueIds: ['q2'] }];
    const call = { callId: 'c6', queueId: 'q2', priority: 5, requiredSkills: {} };
    holds([
      { at: 0, command: { type: 'configure', queues: before, agents } },
      { at: 1, command: { type: 'agent.signIn', agentId: 'a1' } },
      { at: 2, command: { type: 'agent.reachable', agentId: 'a1', reachable: true } },
      { at: 3, command: { type: 'agent.ready', agentId: 'a1' } },
      { at: 4, command: { type: 'call.enqueue', ...call } },
      {
        at: 5,
        command: { type: 'offer.answered', offerId: 'c6#5' },
        about: { callId: 'c6', nth: 0 },
      },
      { at: 20_000, command: { type: 'configure', queues: after, agents: [] } },
      { at: 40_000, command: { type: 'call.returned', callId: 'c6', cause: 'media' } },
    ]);
  });

  it('A9: a configuration that opens the hours ends a sign-out by hand as the clock does (seed 381125659)', () => {
    const shop = { id: 'a2', name: 'Shop', extension: '1002', skills: {}, queueIds: [] };
    const hours = [{ days: ['wed'], from: '10:00', to: '14:00' }];
    const closed = { ...shop, casual: { monthlyCap: 4, alwaysOn: true, hours } };
    const open = { ...shop, casual: { monthlyCap: 4, alwaysOn: true } };
    holds([
      { at: 0, command: { type: 'configure', queues: [], agents: [closed] } },
      { at: 1, command: { type: 'agent.reachable', agentId: 'a2', reachable: true } },
      { at: 2, command: { type: 'agent.signOut', agentId: 'a2' } },
      { at: 3, command: { type: 'configure', queues: [], agents: [open] } },
    ]);
  });

  it('R18: a full queue rings another phone for the call that it rings for already (seed 501000058)', () => {
    const queues = [{ id: 'q1', name: 'Queue 1', strategy: 'ring-all', activeMax: 1 }];
    const agents = ['a1', 'a2', 'a3'].map((id) => ({
      id,
      name: id,
      extension: id,
      skills: {},
      queueIds: ['q1'],
    }));
    const present = agents.flatMap(({ id: agentId }, n) => [
      { at: n, command: { type: 'agent.reachable', agentId, reachable: true } },
      { at: n, command: { type: 'agent.signIn', agentId } },
    ]);
    const call = { callId: 'c1', queueId: 'q1', priority: 5, requiredSkills: {} };
    const direct = { callId: 'c9', queueId: 'q1', agentId: 'a3', ringMs: 25_000 };
    holds([
      { at: 0, command: { type: 'configure', queues, agents } },
      ...present,
      { at: 10, command: { type: 'agent.ready', agentId: 'a1' } },
      { at: 11, command: { type: 'call.enqueue', ...call } },
      { at: 12, command: { type: 'call.direct', ...direct } },
      { at: 13, command: { type: 'agent.ready', agentId: 'a2' } },
    ]);
  });

  it('V4: a queue that was full for a moment is asked again a little later (seed 501000139)', () => {
    const onward = [{ when: 'maxWait', ms: 5_000, to: { queue: 'q5' } }];
    const voicemail = [{ when: 'maxLength', over: 1, to: { exit: 'voicemail' } }];
    const queues = [
      { id: 'q5', name: 'Queue 5', lengthMax: 2, overflow: voicemail },
      { id: 'q1', name: 'Queue 1', overflow: onward },
    ];
    const call = (callId: string) => ({
      at: 1,
      command: { type: 'call.enqueue', callId, queueId: 'q1', priority: 5, requiredSkills: {} },
    });
    holds([
      { at: 0, command: { type: 'configure', queues, agents: [] } },
      ...['c1', 'c2', 'c3'].map(call),
      // The ticker is late: all of them are due at once.
      { at: 6_000, command: { type: 'tick' } },
      { at: 20_000, command: { type: 'tick' } },
    ]);
  });

  it('R4: who comes from another queue after an offer was made was not overtaken (seed 501000168)', () => {
    const onward = [{ when: 'noAgentsAvailable', forMs: 30_000, to: { queue: 'q2' } }];
    const before = [
      { id: 'q0', name: 'Queue 0' },
      { id: 'q2', name: 'Queue 2' },
    ];
    const after = [
      { id: 'q2', name: 'Queue 2' },
      { id: 'q0', name: 'Queue 0', overflow: onward },
    ];
    const idle = { id: 'a4', name: 'Agent 4', extension: '1004', skills: {}, queueIds: [] };
    const call = (callId: string, queueId: string) =>
      ({ type: 'call.enqueue', callId, queueId, priority: 5, requiredSkills: {} }) as const;
    holds([
      { at: 0, command: { type: 'configure', queues: before, agents: [idle] } },
      { at: 1, command: { type: 'agent.signIn', agentId: 'a4' } },
      { at: 2, command: { type: 'agent.reachable', agentId: 'a4', reachable: true } },
      { at: 3, command: { type: 'agent.ready', agentId: 'a4' } },
      { at: 59_000, command: call('c1', 'q0') },
      { at: 59_001, command: call('c2', 'q2') },
      {
        at: 60_000,
        command: { type: 'configure', queues: after, agents: [{ ...idle, queueIds: ['q2'] }] },
      },
    ]);
  });

  it('O1: who leaves by one deadline is not offered to anybody for another (seed 501000380)', () => {
    const queue = {
      id: 'q5',
      name: 'Queue 5',
      relaxation: [{ afterMs: 3_000, addGroups: ['noche'] }],
      overflow: [{ when: 'noAgentsStaffed', forMs: 10_000, to: { exit: 'voicemail' } }],
    };
    const agent = { id: 'a2', name: 'Agent 2', extension: '1002', skills: {}, queueIds: [] };
    const call = { callId: 'c1', queueId: 'q5', priority: 5, requiredSkills: {} };
    const agents = [{ ...agent, groupIds: ['noche'] }];
    holds([
      { at: 0, command: { type: 'configure', queues: [queue], agents } },
      { at: 1, command: { type: 'agent.signIn', agentId: 'a2' } },
      { at: 2, command: { type: 'agent.reachable', agentId: 'a2', reachable: true } },
      { at: 3, command: { type: 'agent.ready', agentId: 'a2' } },
      { at: 6_500, command: { type: 'call.enqueue', ...call } },
      // Late: the step that opens the call to the group was due, and then the rule that sends it away.
      { at: 11_000, command: { type: 'tick' } },
    ]);
  });

  it('V1: who is sent on and leaves there at once is not judged again (of the same kind)', () => {
    const queues = [
      {
        id: 'q1',
        name: 'Queue 1',
        overflow: [{ when: 'noAgentsStaffed', forMs: 10_000, to: { exit: 'voicemail' } }],
      },
      {
        id: 'q2',
        name: 'Queue 2',
        overflow: [{ when: 'maxWait', ms: 1_000, to: { queue: 'q1' } }],
      },
    ];
    const call = { callId: 'c1', queueId: 'q2', priority: 5, requiredSkills: {} };
    holds([
      { at: 0, command: { type: 'configure', queues, agents: [] } },
      { at: 8_500, command: { type: 'call.enqueue', ...call } },
      // Late: the call was due to be sent on, and then the other queue had had nobody for long enough.
      { at: 11_000, command: { type: 'tick' } },
      { at: 4_000_000, command: { type: 'tick' } },
    ]);
  });

  it('S1 A7: ready after a conversation in which the phone was lost too long ago is signed out (seed 502000241)', () => {
    const queue = { id: 'q0', name: 'Queue 0' };
    const agent = { id: 'a0', name: 'Agent 0', extension: '1000', skills: {}, queueIds: ['q0'] };
    const agents = [{ ...agent, unreachableSignOutMs: 10_000 }];
    const call = { callId: 'c1', queueId: 'q0', priority: 5, requiredSkills: {} };
    holds([
      { at: 0, command: { type: 'configure', queues: [queue], agents } },
      { at: 1, command: { type: 'agent.signIn', agentId: 'a0' } },
      { at: 2, command: { type: 'agent.reachable', agentId: 'a0', reachable: true } },
      { at: 3, command: { type: 'agent.ready', agentId: 'a0' } },
      { at: 4, command: { type: 'call.enqueue', ...call } },
      { at: 5, command: { type: 'offer.answered', offerId: '' }, about: { callId: 'c1', nth: 0 } },
      { at: 6, command: { type: 'agent.reachable', agentId: 'a0', reachable: false } },
      { at: 20_000, command: { type: 'call.ended', callId: 'c1' } },
      { at: 20_001, command: { type: 'agent.ready', agentId: 'a0' } },
    ]);
  });

  it('B6: the month turns for a removed agent who still talks; the ledger stays where it is (seed 502000341)', () => {
    const queue = { id: 'q0', name: 'Queue 0' };
    const inZone = (zone: string) => {
      const casual = { monthlyCap: 3 };
      return { id: 'a0', name: 'A', extension: '1', skills: {}, queueIds: ['q0'], zone, casual };
    };
    const call = (callId: string) =>
      ({ type: 'call.enqueue', callId, queueId: 'q0', priority: 5, requiredSkills: {} }) as const;
    const configure = (...zones: string[]) =>
      ({ type: 'configure', queues: [queue], agents: zones.map(inZone) }) as const;
    const work = (from: number) => [
      { at: from, command: { type: 'agent.signIn', agentId: 'a0' } },
      { at: from, command: { type: 'agent.reachable', agentId: 'a0', reachable: true } },
      { at: from, command: { type: 'agent.ready', agentId: 'a0' } },
    ];
    const answer = (callId: string, at: number) => ({
      at,
      command: { type: 'offer.answered', offerId: '' },
      about: { callId, nth: 0 },
    });
    holds([
      // It is 23:53 on 31 October in Madrid, and 21:53 on the Azores.
      { at: 0, command: configure('Europe/Madrid') },
      ...work(1),
      { at: 2, command: call('c1') },
      answer('c1', 10_000),
      { at: 11_000, command: configure() },
      { at: 420_000, command: { type: 'tick' } },
      { at: 430_000, command: { type: 'call.ended', callId: 'c1' } },
      { at: 450_000, command: { type: 'tick' } },
      { at: 460_000, command: configure('Atlantic/Azores') },
      ...work(470_000),
      { at: 480_000, command: call('c2') },
      answer('c2', 490_000),
    ]);
  });

  it('O1: a phone more that was due before a configuration rings by the one before it (seed 1194576907)', () => {
    const agents = ['a1', 'a9'].map((id) => ({
      id,
      name: id,
      extension: id,
      skills: {},
      queueIds: ['q5'],
    }));
    const present = agents.flatMap(({ id: agentId }, n) => [
      { at: 1 + n, command: { type: 'agent.signIn', agentId } },
      { at: 1 + n, command: { type: 'agent.reachable', agentId, reachable: true } },
      { at: 1 + n, command: { type: 'agent.ready', agentId } },
    ]);
    const plain = { id: 'q5', name: 'Queue 5' };
    const ringing = { ...plain, strategy: 'ring-progressively', ringNextMs: 1_000 };
    const call = { callId: 'c1', queueId: 'q5', priority: 5, requiredSkills: {} };
    holds([
      { at: 0, command: { type: 'configure', queues: [ringing], agents } },
      ...present,
      { at: 10, command: { type: 'call.enqueue', ...call } },
      { at: 2_000, command: { type: 'configure', queues: [plain], agents: [] } },
    ]);
  });

  it('V2: who has had no room up to this moment is asked again a little later (seed 1318368715)', () => {
    const overflow = [{ when: 'maxWait', ms: 5_000, to: { queue: 'q3' } }];
    const queues = [
      { id: 'q3', name: 'Queue 3', lengthMax: 1 },
      { id: 'q2', name: 'Queue 2', overflow },
    ];
    const call = { priority: 5, requiredSkills: {} };
    holds([
      { at: 0, command: { type: 'configure', queues, agents: [] } },
      { at: 1, command: { type: 'call.enqueue', callId: 'c1', queueId: 'q3', ...call } },
      { at: 1_000, command: { type: 'call.enqueue', callId: 'c2', queueId: 'q2', ...call } },
      { at: 7_401, command: { type: 'call.abandon', callId: 'c1' } },
      { at: 11_000, command: { type: 'tick' } },
    ]);
  });

  it('C6: who accepts a call back whose queue has gone may have its customer’s own call (seed 1369533692)', () => {
    const queues = [{ id: 'q4', name: 'Queue 4', callbackEnabled: true }];
    const a9 = { id: 'a9', name: 'Agent 9', extension: '1009', skills: {} };
    const ana = { queueId: 'q4', priority: 5, requiredSkills: {}, callerKey: '+34600000008' };
    holds([
      { at: 0, command: { type: 'configure', queues, agents: [{ ...a9, queueIds: ['q4'] }] } },
      { at: 1, command: { type: 'call.enqueue', callId: 'c1', ...ana } },
      { at: 2, command: { type: 'callback.request', callbackId: 't1', callId: 'c1' } },
      { at: 3, command: { type: 'agent.signIn', agentId: 'a9' } },
      { at: 4, command: { type: 'agent.reachable', agentId: 'a9', reachable: true } },
      { at: 5, command: { type: 'agent.ready', agentId: 'a9' } },
      { at: 6, command: { type: 'call.enqueue', callId: 'c2', ...ana } },
      { at: 7, command: { type: 'configure', queues: [], agents: [{ ...a9, queueIds: [] }] } },
      {
        at: 8,
        command: { type: 'offer.answered', offerId: 't1#8' },
        about: { callId: 't1', nth: 0 },
      },
    ]);
  });

  it('V2: whoever becomes a member and is signed out for it has been there (seed 1369533705)', () => {
    const a1 = { id: 'a1', name: 'Shop', extension: '1001', skills: {}, zone: 'UTC' };
    const hours = [{ days: ['sun'], from: '10:00', to: '11:00' }];
    const shop = { ...a1, queueIds: ['q4'], casual: { monthlyCap: 6, hours, alwaysOn: true } };
    const q4 = { id: 'q4', name: 'Queue 4' };
    const overflow = [{ when: 'noAgentsStaffed', forMs: 10_000, to: { exit: 'voicemail' } }];
    const call = { callId: 'c1', queueId: 'q4', priority: 5, requiredSkills: {} };
    const agents = [{ ...a1, queueIds: [] }];
    holds([
      { at: 0, command: { type: 'configure', queues: [q4], agents } },
      { at: 1, command: { type: 'agent.signIn', agentId: 'a1' } },
      { at: 2, command: { type: 'call.enqueue', ...call } },
      {
        at: 20_000,
        command: { type: 'configure', queues: [{ ...q4, overflow }], agents: [shop] },
      },
      { at: 30_000, command: { type: 'tick' } },
    ]);
  });

  it('V2: who was removed in a conversation is no member of a queue any more when it ends (seed 881000370)', () => {
    holds([
      {
        at: 0,
        command: {
          type: 'configure',
          queues: [],
          agents: [
            {
              id: 'a5',
              name: 'Agent 5',
              extension: '1005',
              skills: { catalan: 7, facturas: 10, técnica: 6 },
              queueIds: [],
              queueRanks: {},
              zone: 'Atlantic/Azores',
              casual: { monthlyCap: 6, alwaysOn: true },
            },
          ],
        },
      },
      { at: 124, command: { type: 'agent.reachable', agentId: 'a5', reachable: true } },
      {
        at: 446789,
        command: {
          type: 'configure',
          queues: [{ id: 'q3', name: 'Queue 3' }],
          agents: [
            {
              id: 'a5',
              name: 'Agent 5',
              extension: '1005',
              skills: {},
              queueIds: ['q3'],
              queueRanks: { q0: 1 },
              unreachableSignOutMs: 2056,
            },
          ],
        },
      },
      {
        at: 481457,
        command: {
          type: 'call.enqueue',
          callId: 'c68',
          queueId: 'q3',
          priority: 3,
          requiredSkills: {},
          callerKey: '+346000000010',
        },
      },
      {
        at: 489239,
        command: { type: 'offer.answered', offerId: 'c68#188' },
        about: { callId: 'c68', nth: 0 },
      },
      {
        at: 508052,
        command: {
          type: 'configure',
          queues: [
            {
              overflow: [{ when: 'noAgentsStaffed', forMs: 10000, to: { queue: 'q4' } }],
              id: 'q3',
              name: 'Queue 3',
            },
            { id: 'q4', name: 'Queue 4' },
          ],
          agents: [],
        },
      },
      { at: 642235, command: { type: 'call.ended', callId: 'c68' } },
      {
        at: 651108,
        command: {
          type: 'call.enqueue',
          callId: 'c92',
          queueId: 'q3',
          priority: 9,
          requiredSkills: {},
        },
      },
    ]);
  });

  it('K7: a call back rings an agent while its customer is served elsewhere and sent on (seed 180111)', () => {
    const queues = [
      { id: 'q1', name: 'Queue 1', callbackEnabled: true },
      { id: 'q0', name: 'Queue 0' },
    ];
    const agents = ['1', '2'].map((n) => ({
      id: `a${n}`,
      name: `Agent ${n}`,
      extension: `100${n}`,
      skills: {},
      queueIds: ['q1'],
    }));
    const comes = (agentId: string, at: number) => [
      { at, command: { type: 'agent.signIn', agentId } },
      { at, command: { type: 'agent.reachable', agentId, reachable: true } },
      { at, command: { type: 'agent.ready', agentId } },
    ];
    const customer = { callerKey: '+34600000002', priority: 5, requiredSkills: {} };
    const rings = { type: 'call.enqueue', callId: 'c24', ...customer };
    holds([
      { at: 0, command: { type: 'configure', queues, agents } },
      { at: 1000, command: { ...rings, callId: 'c23', queueId: 'q1' } },
      { at: 2000, command: { type: 'callback.request', callbackId: 'u12', callId: 'c23' } },
      ...comes('a1', 2500),
      ...comes('a2', 3000),
      { at: 4000, command: { ...rings, queueId: 'q1' } },
      {
        at: 5000,
        command: { type: 'offer.answered', offerId: 'c24#1' },
        about: { callId: 'c24', nth: 0 },
      },
      { at: 6000, command: { type: 'call.ended', callId: 'c24' } },
      { at: 6000, command: { ...rings, queueId: 'q0' } },
      { at: 60_000, command: { type: 'tick' } },
    ]);
  });

  it('R16: who gets a phone by the command before which a call back was due is not waited for (seed 250040)', () => {
    const queues = [{ id: 'q0', name: 'Queue 0', callbackEnabled: true, preferredWaitMs: 5000 }];
    const agents = ['a0', 'a7'].map((id) => ({
      id,
      name: id,
      extension: id,
      skills: {},
      queueIds: ['q0'],
    }));
    const ticket = { callbackId: 't17', queueId: 'q0', callerKey: '+34600000002' };
    const asked = { at: START + 5000, priority: 5, requiredSkills: {}, preferredAgentId: 'a0' };
    const signIn = (agentId: string) => [
      { at: 1, command: { type: 'agent.signIn', agentId } },
      { at: 1, command: { type: 'agent.ready', agentId } },
    ];
    holds([
      { at: 0, command: { type: 'configure', queues, agents } },
      ...signIn('a0'),
      ...signIn('a7'),
      { at: 2, command: { type: 'agent.reachable', agentId: 'a7', reachable: true } },
      { at: 3, command: { type: 'callback.schedule', ...ticket, ...asked } },
      { at: 9000, command: { type: 'agent.reachable', agentId: 'a0', reachable: true } },
    ]);
  });

  it('K5: a configuration may use a call back up that it brings back from its pause (seed 250096)', () => {
    const queue = { id: 'q5', name: 'Queue 5', callbackEnabled: true };
    const overflow = [{ when: 'noAgentsStaffed', forMs: 0, to: { exit: 'voicemail' } }];
    const less = { ...queue, callbackAttemptsMax: 1, overflow };
    const agents = [{ id: 'a3', name: 'a3', extension: '1003', skills: {}, queueIds: ['q5'] }];
    const ana = { queueId: 'q5', priority: 5, requiredSkills: {}, callerKey: '+34600000001' };
    const fails = { type: 'callback.failed', callbackId: 't22', cause: 'noAnswer', rang: true };
    holds([
      { at: 0, command: { type: 'configure', queues: [queue], agents } },
      { at: 1, command: { type: 'call.enqueue', callId: 'c1', ...ana } },
      { at: 2, command: { type: 'callback.request', callbackId: 't22', callId: 'c1' } },
      { at: 3, command: { type: 'agent.signIn', agentId: 'a3' } },
      { at: 3, command: { type: 'agent.reachable', agentId: 'a3', reachable: true } },
      { at: 3, command: { type: 'agent.ready', agentId: 'a3' } },
      {
        at: 1000,
        command: { type: 'offer.answered', offerId: 't22#1' },
        about: { callId: 't22', nth: 0 },
      },
      { at: 5000, command: fails },
      { at: 6000, command: { type: 'agent.signOut', agentId: 'a3' } },
      { at: 7000, command: { type: 'call.enqueue', callId: 'c2', ...ana } },
      { at: 8000, command: { type: 'configure', queues: [less], agents } },
    ]);
  });

  it('G3: a queue that comes back has had nobody for no longer than that (seed 310088)', () => {
    const queue = { id: 'q5', name: 'Queue 5' };
    const overflow = [{ when: 'noAgentsStaffed', forMs: 10_000, to: { exit: 'voicemail' } }];
    const agents = [{ id: 'a7', name: 'a7', extension: '1007', skills: {}, queueIds: ['q5'] }];
    const call = { type: 'call.enqueue', queueId: 'q5', priority: 5, requiredSkills: {} };
    holds([
      { at: 0, command: { type: 'configure', queues: [queue], agents } },
      { at: 1, command: { type: 'agent.signIn', agentId: 'a7' } },
      { at: 1, command: { type: 'agent.reachable', agentId: 'a7', reachable: true } },
      { at: 1, command: { type: 'agent.ready', agentId: 'a7' } },
      { at: 2, command: { ...call, callId: 'c1' } },
      {
        at: 3,
        command: { type: 'offer.answered', offerId: 'c1#1' },
        about: { callId: 'c1', nth: 0 },
      },
      { at: 1000, command: { type: 'configure', queues: [], agents: [] } },
      { at: 60_000, command: { type: 'configure', queues: [{ ...queue, overflow }], agents: [] } },
      { at: 60_400, command: { ...call, callId: 'c2' } },
      { at: 70_000, command: { type: 'tick' } },
    ]);
  });

  it('K7: who is taken to another line and served there is rung all the same (seed 310178)', () => {
    const queues = [
      { id: 'q1', name: 'Queue 1', callbackEnabled: true },
      { id: 'q4', name: 'Queue 4' },
    ];
    const agents = [
      { id: 'a1', name: 'a1', extension: '1001', skills: {}, queueIds: ['q1'] },
      { id: 'a4', name: 'a4', extension: '1004', skills: {}, queueIds: ['q4'] },
    ];
    const comes = (agentId: string) => [
      { at: 1, command: { type: 'agent.signIn', agentId } },
      { at: 1, command: { type: 'agent.reachable', agentId, reachable: true } },
      { at: 1, command: { type: 'agent.ready', agentId } },
    ];
    const answers = (at: number, callId: string) => ({
      at,
      command: { type: 'offer.answered', offerId: `${callId}#1` },
      about: { callId, nth: 0 },
    });
    const customer = { callerKey: '+34600000003', priority: 5, requiredSkills: {} };
    const rings = { type: 'call.enqueue', callId: 'c2', queueId: 'q1', ...customer };
    holds([
      { at: 0, command: { type: 'configure', queues, agents } },
      ...comes('a4'),
      { at: 2, command: { ...rings, callId: 'c1' } },
      { at: 3, command: { type: 'callback.request', callbackId: 't1', callId: 'c1' } },
      ...comes('a1'),
      answers(1000, 't1'),
      { at: 2000, command: rings },
      { at: 3000, command: { type: 'call.abandon', callId: 'c2', byHouse: true } },
      { at: 3000, command: { ...rings, queueId: 'q4', returns: true } },
      answers(4000, 'c2'),
      { at: 5000, command: { type: 'call.ended', callId: 'c2' } },
      {
        at: 6000,
        command: { type: 'callback.failed', callbackId: 't1', cause: 'busy', rang: true },
      },
    ]);
  });

  it('K7: of two calls of a customer one is served: whoever accepts the call back has the other (seed 310244)', () => {
    const q4 = { id: 'q4', name: 'Queue 4', callbackEnabled: true };
    const agents = ['a1', 'a2'].map((id) => ({
      id,
      name: id,
      extension: id,
      skills: {},
      queueIds: ['q4'],
    }));
    const comes = (at: number, agentId: string) => [
      { at, command: { type: 'agent.signIn', agentId } },
      { at, command: { type: 'agent.reachable', agentId, reachable: true } },
      { at, command: { type: 'agent.ready', agentId } },
    ];
    const answers = (at: number, callId: string) => ({
      at,
      command: { type: 'offer.answered', offerId: `${callId}#1` },
      about: { callId, nth: 0 },
    });
    const customer = { queueId: 'q4', callerKey: '+34600000008', priority: 5, requiredSkills: {} };
    holds([
      { at: 0, command: { type: 'configure', queues: [q4], agents } },
      { at: 1, command: { type: 'call.enqueue', callId: 'c1', ...customer } },
      { at: 2, command: { type: 'callback.request', callbackId: 't1', callId: 'c1' } },
      ...comes(3, 'a1'),
      { at: 1000, command: { type: 'call.enqueue', callId: 'c2', ...customer } },
      { at: 2000, command: { type: 'call.enqueue', callId: 'c3', ...customer } },
      ...comes(3000, 'a2'),
      answers(4000, 'c2'),
      { at: 5000, command: { type: 'call.ended', callId: 'c2' } },
      answers(6000, 't1'),
    ]);
  });
});
