/** How a call back ended: exactly one of these, for every ticket. */
export const CALLBACK_OUTCOMES = [
  'reached',
  'merged',
  'failed',
  'expired',
  'cancelled',
  'queueGone',
] as const;
/**
 * `reached`: the customer spoke with an agent · `merged`: they spoke with one by a call of their own ·
 * `failed`: nobody answered, as often as it was tried · `expired`: its time ran out · `cancelled`: by the customer or
 * the company · `queueGone`: the queue is no longer configured.
 */
export type CallbackOutcome = (typeof CALLBACK_OUTCOMES)[number];

/**
 * Why an attempt did not reach the customer. `unreachable`: there is no such number, or no way to it · `noTrunk`: the
 * trunk is dead, refuses us, or has no room · `notAllowed`: no allowed destination · `limit`: too many calls at once, or
 * in the hour · `notAccepted`: somebody or something answered and did not press the key · `agentLost`: the agent's leg
 * died · `lost`: the application did.
 */
export const DIAL_FAILURES = [
  'noAnswer',
  'busy',
  'rejected',
  'unreachable',
  'noTrunk',
  'notAllowed',
  'limit',
  'notAccepted',
  'agentLost',
  'lost',
] as const;
export type DialFailure = (typeof DIAL_FAILURES)[number];

/**
 * Not before a time · in the line · the customer is on the line themselves · an agent's phone rings for it · the customer
 * is being dialled.
 */
export const CALLBACK_STAGES = ['scheduled', 'waiting', 'paused', 'offered', 'dialing'] as const;
export type CallbackStage = (typeof CALLBACK_STAGES)[number];
