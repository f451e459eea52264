import type { EpochMs } from '../lib/clock.ts';
import { never } from '../lib/result.ts';
import type { PhoneBinding, RegistrationOutcome } from './bindings.ts';
import type { SipResponse } from './sip.ts';

/** The answer to an authenticated REGISTER (RFC 3261 section 10.3 steps 7 and 8). */
export function answerRegistration(
  res: SipResponse,
  outcome: RegistrationOutcome,
  now: EpochMs,
  path: readonly string[] = [],
): void {
  const { status, headers } = responseTo(outcome, now, path);
  res.send(status, { headers });
}

function responseTo(
  outcome: RegistrationOutcome,
  now: EpochMs,
  path: readonly string[],
): { readonly status: number; readonly headers: Record<string, string> } {
  switch (outcome.kind) {
    case 'done':
      return {
        status: 200,
        headers: {
          ...contactHeader(outcome.bindings, now),
          // RFC 3327 section 5.3: the phone sees by which way it will be called.
          ...(path.length > 0 ? { Path: path.map((uri) => `<${uri}>`).join(', ') } : {}),
          ...(outcome.outbound ? OUTBOUND : {}),
        },
      };
    case 'bad':
      return { status: 400, headers: { Warning: `399 centralita "${outcome.reason}"` } };
    case 'tooBrief':
      return { status: 423, headers: { 'Min-Expires': String(outcome.expiresSecondsMin) } };
    case 'noOutbound':
      // First Hop Lacks Outbound Support.
      return { status: 439, headers: {} };
    case 'outOfOrder':
      // "The update MUST be aborted and the request fails": with 500, as every registrar reads it.
      return { status: 500, headers: {} };
    default:
      return never(outcome);
  }
}

/** RFC 5626 section 6, and how often a phone should show that its connection is alive (section 5.4). */
const OUTBOUND = { Require: 'outbound', 'Flow-Timer': '120' } as const;

/** Every binding of the extension with what is left of its time; the phone looks for its own. */
function contactHeader(bindings: readonly PhoneBinding[], now: EpochMs): Record<string, string> {
  if (bindings.length === 0) return {};
  const entries = bindings.map(({ contactUri, expiresAt, q }) => {
    const quality = q === 1 ? '' : `;q=${q}`;
    return `<${contactUri}>;expires=${Math.ceil((expiresAt - now) / 1000)}${quality}`;
  });
  return { Contact: entries.join(', ') };
}
