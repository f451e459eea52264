import type { CallerStory } from './callers.ts';
import type { Conversation } from './staff.ts';

export interface Summary {
  readonly placed: number;
  readonly answered: number;
  readonly abandoned: number;
  readonly failed: number;
  /** Conversations in which each heard the other's tone. */
  readonly twoWayAudio: number;
  readonly waitsMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly seconds: number;
  /** What did not hold; empty: all is well. */
  readonly problems: readonly string[];
}

export function summarise(
  wanted: number,
  stories: readonly CallerStory[],
  conversations: readonly Conversation[],
  seconds: number,
): Summary {
  const count = (outcome: CallerStory['outcome']) =>
    stories.filter((story) => story.outcome === outcome).length;
  const heardCaller = conversations.filter((conversation) => conversation.heardCaller()).length;
  const heardAgent = stories.filter((story) => story.heardAgent).length;
  const summary = {
    placed: stories.length,
    answered: count('answered'),
    abandoned: count('abandoned'),
    failed: count('failed'),
    twoWayAudio: Math.min(heardAgent, heardCaller),
    waitsMs: percentiles(stories.flatMap(({ waitMs }) => (waitMs === undefined ? [] : [waitMs]))),
    seconds: Math.round(seconds * 10) / 10,
  };
  const reasons = new Set(stories.flatMap(({ why }) => (why === undefined ? [] : [why])));
  const problems = [
    ...(summary.placed < wanted ? [`only ${summary.placed} of ${wanted} calls were placed`] : []),
    ...(summary.failed > 0 ? [`${summary.failed} calls failed: ${[...reasons].join('; ')}`] : []),
    ...(summary.twoWayAudio < summary.answered
      ? [`only ${summary.twoWayAudio} of ${summary.answered} conversations had both voices`]
      : []),
    ...(summary.answered === 0 && wanted > 0 ? ['nobody was answered'] : []),
  ];
  return { ...summary, problems };
}

/** The nearest rank of each, in whole milliseconds. */
export function percentiles(values: readonly number[]): { p50: number; p99: number; max: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0);
  return { p50: at(0.5), p99: at(0.99), max: Math.round(sorted.at(-1) ?? 0) };
}

export function inWords(summary: Summary): string {
  const { placed, answered, abandoned, failed, twoWayAudio, waitsMs, seconds, problems } = summary;
  const ms = (value: number) => `${(value / 1000).toFixed(1)} s`;
  return [
    `${placed} calls placed in ${seconds} s: ${answered} answered, ${abandoned} gave up, ${failed} failed.`,
    `Both voices heard in ${twoWayAudio} of ${answered} conversations.`,
    `From the choice in the menu to the agent's voice: half within ${ms(waitsMs.p50)}, 99 % within ${ms(waitsMs.p99)}, the longest ${ms(waitsMs.max)}.`,
    problems.length === 0 ? 'All is well.' : `Not as it should be: ${problems.join('; ')}.`,
  ].join('\n');
}
