import type { DialFailure } from '../model/callback.ts';
import type { SipRefusal } from './sip-refusal.ts';

/**
 * What a trunk's final response says of whoever was dialled. Where the network gave its own cause (Q.850, RFC 3326)
 * that is believed first, because many trunks answer everything with 480 or 503.
 */
export function dialFailure({ status, q850, silent }: SipRefusal): DialFailure {
  if (silent) return 'noTrunk';
  return (q850 === undefined ? undefined : CAUSES.get(q850)) ?? ofStatus(status);
}

/** RFC 3398 section 8.2.6.1 and ITU-T Q.850. 16 (normal clearing) and others that say nothing are not here. */
const CAUSES: ReadonlyMap<number, DialFailure> = new Map([
  [1, 'unreachable'],
  [2, 'unreachable'],
  [3, 'unreachable'],
  [17, 'busy'],
  [18, 'noAnswer'],
  [19, 'noAnswer'],
  [20, 'unreachable'],
  [21, 'rejected'],
  [22, 'unreachable'],
  [27, 'unreachable'],
  [28, 'unreachable'],
  [34, 'noTrunk'],
  [38, 'noTrunk'],
  [41, 'noTrunk'],
  [42, 'noTrunk'],
]);

/** RFC 3261 section 21. What is the trunk's own affair (it wants other credentials, is full or broken) is no answer of the customer's. */
function ofStatus(status: number): DialFailure {
  switch (status) {
    case 486:
    case 600:
      return 'busy';
    case 603:
    case 433:
    case 607:
      return 'rejected';
    case 408:
    case 480:
    case 487:
      return 'noAnswer';
    case 401:
    case 403:
    case 407:
      return 'noTrunk';
    default:
      return status >= 500 && status < 600 ? 'noTrunk' : 'unreachable';
  }
}
