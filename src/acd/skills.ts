import type { Skills } from '../model/agent.ts';

/** 0: not held. Skills may be named like parts of the language. */
export const levelOf = (held: Skills, name: string): number =>
  Object.hasOwn(held, name) ? (held[name] ?? 0) : 0;

/** Whether every one of the demands, a name and a level, is held at that level or above (rule R3). */
export function holdsAll(held: Skills, demands: Iterable<readonly [string, number]>): boolean {
  for (const [name, level] of demands) if (levelOf(held, name) < level) return false;
  return true;
}

/** In a fixed order of names: equal skills give equal bytes. */
export const copySkills = (skills: Skills): Skills =>
  Object.fromEntries(Object.entries(skills).sort(([a], [b]) => (a < b ? -1 : 1)));
