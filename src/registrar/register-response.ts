import type { EpochMs } from '../lib/clock.ts';
import { never } from '../lib/result.ts';
import type { PhoneBinding, RegistrationOutcome } from './bindings.ts';
import type { SipResponse } from './sip.ts';

/** The answer to an authenticated REGISTER (RFC 3261 section 10.3 steps 7 and 8). */
export function answerRegistration(
  res: SipResponse,
  outcome: RegistrationOutcome,
  now: EpochMs,
): void {
  const { status, headers } = responseTo(outcome, now);
  res.send(status, { headers });
}

function responseTo(
  outcome: RegistrationOutcome,
  now: EpochMs,
): { readonly status: number; readonly headers: Record<string, string> } {
  switch (outcome.kind) {
    case 'done':
      return { status: 200, headers: contactHeader(outcome.bindings, now) };
    case 'bad':
      return { status: 400, headers: { Warning: `399 centralita "${outcome.reason}"` } };
    case 'tooBrief':
      return { status: 423, headers: { 'Min-Expires': String(outcome.expiresSecondsMin) } };
    case 'outOfOrder':
      // "The update MUST be aborted and the request fails": with 500, as every registrar reads it.
      return { status: 500, headers: {} };
    default:
      return never(outcome);
  }
}

/** Every binding of the extension with what is left of its time; the phone looks for its own. */
function contactHeader(bindings: readonly PhoneBinding[], now: EpochMs): Record<string, string> {
  if (bindings.length === 0) return {};
  const entries = bindings.map(({ contactUri, expiresAt, q }) => {
    const quality = q === 1 ? '' : `;q=${q}`;
    return `<${contactUri}>;expires=${Math.ceil((expiresAt - now) / 1000)}${quality}`;
  });
  return { Contact: entries.join(', ') };
}
