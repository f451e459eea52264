import type { Finding, FindingCode } from '../model/finding.ts';
import type { QueueConfig } from '../model/queue.ts';
import type { Company } from './lint-company.ts';
import { type Stage, sentOnAt } from './lint-demands.ts';

export const warning = (code: FindingCode, place: string, message: string): Finding => ({
  severity: 'warning',
  code,
  place,
  message,
});

/** Whether anybody can ever serve the queue's ordinary calls, and from when on. */
export function queueFindings(queue: QueueConfig, company: Company): readonly Finding[] {
  return [
    ...serviceFindings(queue, company),
    ...skillFindings(queue, company),
    ...groupFindings(queue, company),
    ...lateFindings(queue),
    ...timeFindings(queue),
  ];
}

function serviceFindings(queue: QueueConfig, company: Company): readonly Finding[] {
  const place = `queues/${queue.id}`;
  const stages = company.stagesOf(queue);
  const first = stages.find((stage) => company.serversAt(queue, stage).length > 0);
  if (!first) return [unservable(queue, stages.at(-1), company)];
  const findings: Finding[] = [];
  if (first.afterMs > 0) {
    const message = `Queue ${queue.id}: nobody can have a call before it has waited ${seconds(first.afterMs)}.`;
    findings.push(warning('QUEUE_SERVED_LATE', place, message));
  }
  if ([...company.serversOf(queue)].every(({ casual }) => casual)) {
    const message = `Queue ${queue.id}: all who serve it are casual agents; when their month is spent, nobody does.`;
    findings.push(warning('QUEUE_CASUAL_ONLY', place, message));
  }
  return findings;
}

function unservable(queue: QueueConfig, stage: Stage | undefined, company: Company): Finding {
  const place = `queues/${queue.id}`;
  const members = stage ? company.membersAt(queue, stage).size : 0;
  if (members === 0) {
    const message = `Queue ${queue.id} has no agents: its callers wait until they leave.`;
    return warning('QUEUE_WITHOUT_AGENTS', place, message);
  }
  const demands = Object.entries(stage?.skills ?? {}).map(([name, level]) => `${name} ${level}`);
  const message =
    `Queue ${queue.id}: none of its ${members} agents can ever have a call` +
    (demands.length > 0 ? `, even when it asks for no more than ${demands.join(', ')}.` : '.');
  return warning('QUEUE_UNSERVABLE', place, message);
}

/** A skill that nobody in the whole company holds at the level that is asked for. */
function skillFindings(queue: QueueConfig, company: Company): readonly Finding[] {
  return Object.entries(queue.requiredSkills).flatMap(([skill, level]) => {
    const best = company.bestLevelOf(skill);
    if (best >= level) return [];
    const held = best === 0 ? 'nobody has it' : `the best has ${best}`;
    const message = `Queue ${queue.id} asks for ${skill} ${level}: ${held}.`;
    return [warning('SKILL_UNHELD', `queues/${queue.id}/requiredSkills/${skill}`, message)];
  });
}

/** A step that opens the queue to nobody. */
function groupFindings(queue: QueueConfig, company: Company): readonly Finding[] {
  return queue.relaxation.flatMap(({ addGroups = [] }, index) =>
    addGroups
      .filter((group) => !company.hasGroup(group))
      .map((group) => {
        const message = `Queue ${queue.id}: step ${index + 1} opens it to group ${group}, in which nobody is.`;
        return warning('GROUP_EMPTY', `queues/${queue.id}/relaxation/${index}`, message);
      }),
  );
}

/** A step for callers who have been sent on by then. */
function lateFindings(queue: QueueConfig): readonly Finding[] {
  const [outAt, onAt] = [sentOnAt(queue, 'exit'), sentOnAt(queue, 'queue')];
  return queue.relaxation.flatMap(({ afterMs }, index) => {
    if (afterMs < Math.min(outAt, onAt)) return [];
    const what =
      afterMs < outAt
        ? `its overflow has sent callers on after ${seconds(onAt)}: only who finds that queue full comes to it.`
        : `its overflow has sent every caller away after ${seconds(outAt)}: nobody comes to it.`;
    const message = `Queue ${queue.id}: step ${index + 1} is after ${seconds(afterMs)}, but ${what}`;
    return [warning('STEP_TOO_LATE', `queues/${queue.id}/relaxation/${index}`, message)];
  });
}

/** Callers who are sent where nobody answers either. */
export function overflowFindings(queue: QueueConfig, company: Company): readonly Finding[] {
  return queue.overflow.flatMap(({ to }, index) => {
    const target = 'queue' in to ? company.queue(to.queue) : undefined;
    if (!target || company.isServed(target)) return [];
    const message = `Queue ${queue.id}: its overflow leads to ${target.id}, which nobody serves.`;
    return [warning('OVERFLOW_UNSERVED', `queues/${queue.id}/overflow/${index}`, message)];
  });
}

/** What comes too late to come at all. */
function timeFindings(queue: QueueConfig): readonly Finding[] {
  const { id, ringTimeoutMs, waitMsMax } = queue;
  const findings: Finding[] = [];
  if (ringTimeoutMs >= waitMsMax) {
    const message =
      `Queue ${id}: a phone rings for up to ${seconds(ringTimeoutMs)}, but callers wait for no more than ` +
      `${seconds(waitMsMax)}: a call that one agent misses never gets to another.`;
    findings.push(warning('RING_LONGER_THAN_WAIT', `queues/${id}/ringTimeoutMs`, message));
  }
  return findings;
}

export const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;
