/**
 * The one catalogue of errors that leave the house: what it is called, what HTTP and what SIP answer for it.
 * `type` in problem details is `urn:centralita:error:<CODE>` (RFC 9457 section 3.1.1), so a code never changes.
 */
interface ErrorEntry {
  readonly title: string;
  readonly httpStatus: number;
  /** RFC 3261 section 21. */
  readonly sipStatus: number;
}

const entry = (title: string, httpStatus: number, sipStatus: number): ErrorEntry => ({
  title,
  httpStatus,
  sipStatus,
});

export const ERRORS = {
  // What was sent cannot be read.
  REQUEST_INVALID: entry('The request is not as the documentation says.', 400, 400),
  JSON_MALFORMED: entry('The body is not JSON.', 400, 400),
  YAML_MALFORMED: entry('The body is not YAML.', 400, 400),
  CURSOR_INVALID: entry('The cursor was not given by this list.', 400, 400),
  REQUEST_TIMEOUT: entry('The request did not come to its end in time.', 408, 408),
  HEADERS_TOO_LARGE: entry('The headers are too large.', 431, 513),
  BODY_TOO_LARGE: entry('The body is too large.', 413, 513),
  URI_TOO_LONG: entry('The path is too long.', 414, 414),
  EXPECTATION_FAILED: entry('What the request expects is not understood here.', 417, 400),
  MEDIA_TYPE_UNSUPPORTED: entry('The body is of a type that is not taken here.', 415, 415),

  // Who is asking, and what for.
  UNAUTHENTICATED: entry('A valid API key or session is needed.', 401, 401),
  CREDENTIALS_WRONG: entry('The name or the password is wrong.', 401, 401),
  FORBIDDEN: entry('Whoever asks may not do this.', 403, 403),
  ROUTE_UNKNOWN: entry('There is nothing at this path.', 404, 404),
  METHOD_NOT_ALLOWED: entry('This path does not take this method.', 405, 405),
  NOT_FOUND: entry('There is no such object.', 404, 404),
  EXPLANATION_GONE: entry('The journal does not reach back to this call.', 404, 404),
  ALREADY_EXISTS: entry('There is such an object already.', 409, 400),
  IN_USE: entry('Other objects still need this one.', 409, 400),

  IDEMPOTENCY_KEY_REUSED: entry('The Idempotency-Key was used for another request.', 422, 400),
  IDEMPOTENCY_UNDER_WAY: entry('The first request of this Idempotency-Key is under way.', 409, 400),
  IDEMPOTENCY_ANSWER_GONE: entry('It was done, and its answer was not kept.', 409, 400),
  PRECONDITION_FAILED: entry('It has changed since you read it.', 412, 412),

  // What was sent can be read, and cannot work.
  CONFIGURATION_REFUSED: entry('With this change the configuration could not work.', 422, 400),
  RECORDING_INVALID: entry('The recording cannot be used.', 422, 415),
  WEBHOOK_URL_REFUSED: entry('Nothing is sent to this address.', 422, 400),
  LIMIT_REACHED: entry('There are as many of these as there may be.', 422, 400),
  FLOW_INVALID: entry('The flow could not work.', 422, 400),

  // What the engine refuses (RefusalCode of acd/commands.ts).
  AGENT_UNKNOWN: entry('There is no such agent.', 404, 404),
  AGENT_STATE: entry("The agent's state does not allow this.", 409, 480),
  QUEUE_UNKNOWN: entry('There is no such queue.', 404, 404),
  QUEUE_FULL: entry('The queue is full.', 409, 486),
  CALL_UNKNOWN: entry('There is no such call.', 404, 481),
  CALL_STATE: entry("The call's state does not allow this.", 409, 481),
  RECORDING_REFUSED: entry('The caller or the queue does not allow a recording.', 409, 480),
  RECORDING_FAILED: entry('The recording could not be written.', 503, 503),
  SUPERVISION_BUSY: entry('Another supervisor is heard there, or too many listen.', 409, 486),
  SUPERVISION_UNKNOWN: entry('Nobody listens there by that id.', 404, 404),
  OFFER_UNKNOWN: entry('There is no such offer.', 404, 481),
  DESTINATION_UNKNOWN: entry('There is nobody at this destination.', 404, 404),
  DESTINATION_FORBIDDEN: entry('This destination may not be called.', 403, 403),
  DESTINATION_SELF: entry('Nobody can be connected with themselves.', 409, 482),
  TRANSFERS_MAX: entry('This call has been passed on too often.', 409, 482),
  SLOT_TAKEN: entry('A call is parked there already.', 409, 486),
  PRIORITY_RANGE: entry('The priority is out of range.', 422, 400),
  CALLER_KEY_RANGE: entry('The key that a caller is known by is empty or too long.', 422, 400),
  SKILL_RANGE: entry('A level of a skill is out of range.', 422, 400),
  CALLBACK_OFF: entry('The queue promises no call backs.', 409, 480),
  CALLBACK_EXISTS: entry('The customer has a call back already, or the id is taken.', 409, 480),
  CALLBACK_UNKNOWN: entry('There is no such call back.', 404, 404),
  CALLBACK_STATE: entry("The call back's state does not allow this.", 409, 480),
  CALLBACK_FULL: entry('There are too many call backs.', 409, 486),
  CALLBACK_TIME: entry('The time of the call back is out of range.', 422, 400),
  CONFIG_INVALID: entry('The configuration cannot work.', 422, 400),
  COMMAND_UNKNOWN: entry('The engine has no such command.', 400, 400),

  // What a caller may meet.
  NUMBER_UNKNOWN: entry('This number is not served here.', 404, 404),
  CALLER_BLOCKED: entry('This caller is not served.', 403, 603),

  // What is wrong with the house itself.
  OVERLOADED: entry('Too much at once. Try again later.', 503, 503),
  TOO_MANY_REQUESTS: entry('Too many requests. Try again later.', 429, 503),
  OBJECTS_AWAY: entry('The object store cannot be reached. Try again later.', 503, 503),
  DATABASE_AWAY: entry('The database cannot be reached. Try again later.', 503, 503),
  SHUTTING_DOWN: entry('The server is closing.', 503, 503),
  INTERNAL: entry('Something went wrong here.', 500, 500),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** An expected failure, as a value: which one, what exactly, and every single thing that is wrong. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly problems?: readonly string[];
}

export const refusal = (
  code: ErrorCode,
  detail: string,
  problems?: readonly string[],
): Refusal => ({ code, detail, ...(problems ? { problems } : {}) });

/** For what cannot be answered by a value: an exception that knows its place in the catalogue. */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  readonly refusal: Refusal;

  constructor(why: Refusal, cause?: unknown) {
    super(`${why.code}: ${why.detail}`, { cause });
    this.refusal = why;
  }
}
