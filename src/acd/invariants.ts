import type { Floor } from './state.ts';

/** What is wrong inside, each as a sentence; empty, always. */
export function brokenInvariants(_floor: Floor): readonly string[] {
  return [];
}
