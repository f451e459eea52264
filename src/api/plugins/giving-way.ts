import type { FastifyInstance } from 'fastify';
import { CodedError, refusal } from '../../lib/errors.ts';

/** Reads that begin in one turn of the event loop that routes calls; a list of fifty objects takes a millisecond or two. */
const READS_A_TURN = 2;
/** Where no call waits for the turn to end, but clients of the feed. */
export const READS_A_TURN_IN_FRONT = 8;
/** A few seconds of reads: who comes then is better told to come again. */
const WAITING_MAX = 1_000;

/**
 * Reads give way to calls. One thread routes calls and answers the API, and all that has come by the time it looks is
 * dealt with in one turn of its loop: sixty consoles that ask at once would stand before the next message of every call,
 * and again before the one after that. So reads begin a few in a turn, in their order, and what calls need comes in
 * between. What changes something (an agent who is ready, a hang-up) never waits here.
 */
export function registerGivingWay(app: FastifyInstance, readsATurn = READS_A_TURN): void {
  const waiting: (() => void)[] = [];
  let turns = false;
  const turn = (): void => {
    for (const begin of waiting.splice(0, readsATurn)) begin();
    turns = waiting.length > 0;
    if (turns) setImmediate(turn);
  };
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.method !== 'GET') return done();
    if (waiting.length >= WAITING_MAX)
      return done(new CodedError(refusal('OVERLOADED', 'Too many are reading at once.')));
    waiting.push(done);
    if (turns) return;
    turns = true;
    setImmediate(turn);
  });
}
