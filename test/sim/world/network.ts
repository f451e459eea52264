import type { Command } from '../../../src/acd/commands.ts';
import type { Random } from '../random.ts';

/**
 * When the engine hears of what happens at `at`: mostly then, at times twice, late (so that something else comes
 * before it), or not at all. A word about an offer that is lost is lost; whatever else nobody noticed is said
 * again when somebody looks: the phone is asked again, the agent presses the key again, the leg is found dead.
 */
export function deliveries(random: Random, at: number, { type }: Command): readonly number[] {
  const luck = random.next();
  if (luck < 0.05) return [at, at + random.around(2_000)];
  if (luck < 0.08) return [at + random.around(1_500)];
  if (luck < 0.1) return type.startsWith('offer.') ? [] : [at + random.around(45_000)];
  return [at];
}
