import { err, ok, type Result } from '../lib/result.ts';
import { type Registration, readSeconds } from './bindings.ts';
import { parseContacts } from './contact-header.ts';
import { header, type SipRequest, sourceOf } from './sip.ts';
import { parseSipUri, userOf } from './sip-uri.ts';

export interface BadRequest {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

const EXTENSION_LENGTH_MAX = 64;
const CALL_ID_LENGTH_MAX = 256;
const USER_AGENT_LENGTH_MAX = 128;
/** So many proxies are between us and a phone. */
const PATH_MAX = 4;
/** What may be required of us (RFC 3327, RFC 5626). */
const EXTENSIONS: ReadonlySet<string> = new Set(['path', 'outbound']);

const bad = (reason: string): Result<never, BadRequest> =>
  err({ status: 400, headers: { Warning: `399 centralita "${reason}"` } });

/** Reads a REGISTER, before anybody is asked for a password: garbage is refused for the price of reading it. */
export function readRegistration(req: SipRequest): Result<Registration, BadRequest> {
  const { transport, hostPort } = sourceOf(req);
  if (!transport) return err({ status: 403, headers: {} });
  const unknown = tokensOf(req, 'Require').filter((tag) => !EXTENSIONS.has(tag));
  // RFC 3261 section 10.3 step 2.
  if (unknown.length > 0) return err({ status: 420, headers: { Unsupported: unknown.join(', ') } });
  const extension = extensionOf(header(req, 'To'));
  if (!extension) return bad('To');
  const callId = header(req, 'Call-ID');
  if (!callId || callId.length > CALL_ID_LENGTH_MAX) return bad('Call-ID');
  const cseq = /^(\d{1,10})\s+REGISTER$/.exec(header(req, 'CSeq') ?? '');
  // Below 2^31, says section 8.1.1.5.
  if (!cseq || Number(cseq[1]) >= 2 ** 31) return bad('CSeq');
  const contact = header(req, 'Contact');
  const contacts = contact === undefined ? [] : parseContacts(contact);
  if (!contacts) return bad('Contact');
  const path = readPath(header(req, 'Path'));
  if (!path) return bad('Path');
  return ok({
    extension,
    callId,
    cseq: Number(cseq[1]),
    contacts,
    expiresSeconds: readSeconds(header(req, 'Expires')),
    receivedFrom: hostPort,
    transport,
    path,
    supportsOutbound: [...tokensOf(req, 'Supported'), ...tokensOf(req, 'Require')].includes(
      'outbound',
    ),
    userAgent: (header(req, 'User-Agent') ?? '').slice(0, USER_AGENT_LENGTH_MAX),
  });
}

/** Names of extensions, in lower case. */
const tokensOf = (req: SipRequest, name: string): readonly string[] =>
  (header(req, name) ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);

/** What lies between (RFC 3327 section 5.3). Undefined: what no request could go by; loose routers alone do (`lr`). */
function readPath(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return [];
  const entries = parseContacts(text);
  if (!entries || entries === '*' || entries.length > PATH_MAX) return undefined;
  const uris = entries.map(({ uri }) => uri);
  return uris.every((uri) => parseSipUri(uri)?.params.lr !== undefined) ? uris : undefined;
}

/** The address of record: the user of To, without its escapes (section 10.3 step 5). */
function extensionOf(to: string | undefined): string | undefined {
  const entries = parseContacts(to ?? '');
  if (!entries || entries === '*' || entries.length !== 1) return undefined;
  const uri = parseSipUri(entries[0]?.uri ?? '');
  const user = uri && userOf(uri);
  return user && user.length <= EXTENSION_LENGTH_MAX ? user : undefined;
}
