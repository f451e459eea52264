import type { Floor } from './state.ts';

/** Steps through all 32-bit numbers before one comes again (Steele, Lea, Flood 2014; its 32-bit finalizer). */
const STEP = 0x9e3779b9;

/**
 * A whole number from 0 to below `limit`, which is small. The sequence is a part of the state: the same commands draw
 * the same numbers, in a replay too.
 */
export function drawBelow(floor: Floor, limit: number): number {
  floor.random = (floor.random + STEP) >>> 0;
  let bits = floor.random;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  bits = (bits ^ (bits >>> 15)) >>> 0;
  return Math.floor((bits / 0x1_0000_0000) * limit);
}
