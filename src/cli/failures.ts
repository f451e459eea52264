import { away, type CommandError } from './errors.ts';

/** What to do about an error of the connection; by its code, the first that fits. */
const REASONS: readonly (readonly [code: RegExp, why: string])[] = [
  [/^ECONNREFUSED$/, 'nothing listens there. Does it run?'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'no host has that name.'],
  [/^(EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'no way leads there.'],
  [/^(EPROTO|ERR_SSL_.*)$/, 'it speaks no TLS there. Is it http:// ?'],
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|CERT_UNTRUSTED)$/,
    'nobody vouches for its certificate. A file with its authority (PEM) goes into NODE_EXTRA_CA_CERTS.',
  ],
  [/^(CERT_.*|ERR_TLS_.*)$/, 'its certificate does not hold.'],
  [
    /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    'the connection was closed without an answer. Does it want https:// ?',
  ],
  [/^HPE_/, 'what listens there speaks no HTTP.'],
];

/** Nobody has answered, or not to the end. */
export function noAnswer(base: string, error: unknown): CommandError {
  const { name, message, cause } = error as Error & { cause?: Error & { code?: string } };
  const code = cause?.code ?? '';
  const found = REASONS.find(([pattern]) => pattern.test(code))?.[1];
  const why =
    name === 'TimeoutError' ? 'it takes too long.' : (found ?? `${cause?.message ?? message}.`);
  const what = code === '' ? '' : ` (${code})`;
  return away(
    `Centralita does not answer at ${base}${what}: ${why} Another address goes into CENTRALITA_URL or --url.`,
  );
}

/** Something else answers. */
export const notCentralita = (base: string, status: number): CommandError =>
  away(
    `What answers at ${base} (with ${status}) is not Centralita. Another address goes into CENTRALITA_URL or --url.`,
  );

export const moved = (base: string, to: string): CommandError =>
  away(
    `${base} sends on to ${to}: where Centralita itself is goes into CENTRALITA_URL or --url, so that no key gets astray.`,
  );
