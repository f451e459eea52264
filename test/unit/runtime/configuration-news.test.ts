import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command } from '../../../src/acd/commands.ts';
import type { AgentConfig } from '../../../src/model/agent.ts';
import { agentId, queueId } from '../../../src/model/ids.ts';
import { QUEUE_DEFAULTS } from '../../../src/model/queue.ts';
import { TestFloor } from '../../support/floor.ts';

// What the engine is told of a configuration, and what it is left with.

const agent = (id: string, more: Partial<AgentConfig> = {}): AgentConfig => ({
  id: agentId(id),
  name: id,
  extension: `8${id}`,
  skills: {},
  queueIds: [queueId('ventas')],
  ...more,
});

const many = (count: number): readonly AgentConfig[] =>
  Array.from({ length: count }, (_, n) => agent(`n${n}`));

async function openFloor() {
  const told: Command[] = [];
  const journal = {
    append: (_at: number, command: Command) => void told.push(structuredClone(command)),
    keep: () => {},
    drop: () => {},
  };
  const floor = await TestFloor.open(undefined, { journal });
  const reload = async (more: Partial<TestFloor['configuration']>) => {
    told.length = 0;
    floor.configuration = { ...floor.configuration, ...more };
    const problems = await floor.center.reload();
    return { problems, told: told.filter(({ type }) => /configure/.test(type)) };
  };
  return { floor, reload, agents: floor.configuration.agents, queues: floor.configuration.queues };
}

const named = (command: Command | undefined) =>
  command?.type === 'reconfigure'
    ? {
        queues: command.queues.map(({ id }) => id),
        agents: command.agents.map(({ id }) => id),
        gone: [...command.goneQueueIds, ...command.goneAgentIds],
      }
    : undefined;

describe('what is different', () => {
  it('one agent who is changed is all that the engine and those who look on are told of', async () => {
    const { floor, reload, agents } = await openFloor();
    const shown: string[] = [];
    floor.center.subscribe((change) => {
      if ('agent' in change) shown.push(change.agent.id);
      if ('queue' in change) shown.push(change.queue.id);
    });
    const [first, ...others] = agents as [AgentConfig, ...AgentConfig[]];
    const { told } = await reload({ agents: [{ ...first, name: 'Otro' }, ...others] });
    assert.deepEqual(told.map(named), [{ queues: [], agents: [first.id], gone: [] }]);
    assert.deepEqual(shown.sort(), [first.id, ...first.queueIds].sort());
  });

  it('who goes is told as gone, and the queues that they belonged to anew', async () => {
    const { floor, reload, agents } = await openFloor();
    const shown: string[] = [];
    floor.center.subscribe((change) => {
      if ('goneId' in change) shown.push(`-${change.goneId}`);
      if ('queue' in change) shown.push(change.queue.id);
    });
    const [first, ...others] = agents as [AgentConfig, ...AgentConfig[]];
    const { told } = await reload({ agents: others });
    assert.deepEqual(told.map(named), [{ queues: [], agents: [], gone: [first.id] }]);
    assert.deepEqual(shown.sort(), [`-${first.id}`, ...first.queueIds].sort());
    assert.equal(floor.engine.agent(first.id), undefined);
  });

  it('thousands who are new come in parts, and what changes for those who are there comes last and at once', async () => {
    const { floor, reload, agents, queues } = await openFloor();
    const [first, second, ...others] = agents as [AgentConfig, AgentConfig, ...AgentConfig[]];
    const callers = { ...QUEUE_DEFAULTS, id: queueId('nueva'), name: 'Nueva' };
    const heir = agent('heir', { extension: second.extension });
    const { told, problems } = await reload({
      queues: [...queues, callers],
      agents: [{ ...first, name: 'Otro' }, ...others, ...many(2_500), heir],
    });
    assert.deepEqual(problems, []);
    const parts = told.map(named);
    assert.deepEqual(parts[0], { queues: ['nueva'], agents: [], gone: [] });
    assert.deepEqual(
      parts.slice(1, -1).map((part) => part?.agents.length),
      [1_000, 1_000, 500],
    );
    assert.deepEqual(parts.at(-1), { queues: [], agents: [first.id, 'heir'], gone: [second.id] });
    assert.equal(floor.engine.agents().length, agents.length + 2_500);
  });

  it('of parts of which one cannot be had nothing is left', async () => {
    const { floor, reload, agents } = await openFloor();
    const before = floor.engine.agents();
    const [first] = agents as [AgentConfig];
    const { problems } = await reload({
      agents: [...agents, ...many(1_500), agent('thief', { extension: first.extension })],
    });
    assert.match(problems.join(), /has two agents/);
    assert.deepEqual(floor.engine.agents(), before);
    assert.deepEqual(floor.broken, []);
  });
});
