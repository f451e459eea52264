import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { overlay } from '../../../src/planning/overlay.ts';
import { agent, queue } from '../acd/desk.ts';

const base = {
  queues: [queue('v'), queue('s')],
  agents: [agent('1', ['v', 's']), agent('2', ['s'])],
};
const known = {
  queue: { fields: new Set(['id', 'name', 'wrapUpMs']), problems: () => [] },
  agent: {
    fields: new Set(['id', 'name', 'queueIds', 'skills']),
    problems: (item: unknown) =>
      typeof (item as { queueIds?: unknown }).queueIds === 'string'
        ? ['queueIds: must be a list']
        : [],
  },
};

const errorsOf = (changes: unknown): readonly string[] => {
  const result = overlay(base, changes, known);
  return result.ok ? [] : result.error;
};

describe('a configuration laid over another', () => {
  it('changes the fields that are given, adds who is new, takes away who is named', () => {
    const changes = {
      queues: [{ id: 'v', wrapUpMs: 5_000 }],
      agents: [{ id: '3', queueIds: ['v'] }],
      removeQueues: ['s'],
      removeAgents: ['2'],
    };
    const result = overlay(base, changes, known);
    assert.ok(result.ok);
    const { queues, agents } = result.value;
    assert.deepEqual(queues, [{ ...queue('v'), wrapUpMs: 5_000 }]);
    assert.deepEqual(
      agents.map(({ id, queueIds }) => [id, queueIds]),
      [
        ['1', ['v']],
        ['3', ['v']],
      ],
    );
    assert.deepEqual(base.agents[0]?.queueIds, ['v', 's'], 'what it was laid over is as it was');
  });

  it('names everything that cannot be', () => {
    assert.match(errorsOf('x').join(), /sections/);
    assert.match(errorsOf({ queue: [] }).join(), /no section "queue"/);
    assert.deepEqual(errorsOf({ agents: [{ id: '1', queueIds: 'v' }] }), [
      'agents[0] (1) queueIds: must be a list.',
    ]);
    const errors = errorsOf({
      queues: [{ id: 'v', wrapUp: 5 }],
      agents: [{ name: 'X' }],
      removeAgents: ['9'],
      removeQueues: 's',
    });
    assert.equal(errors.length, 4, errors.join('\n'));
    for (const word of ['"wrapUp"', 'no id', '"9"', 'removeQueues must be a list']) {
      assert.ok(
        errors.some((error) => error.includes(word)),
        `${word} in ${errors.join('\n')}`,
      );
    }
  });
});
