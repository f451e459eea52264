import type { CallContext } from '../model/call.ts';
import type { CallerStatus } from '../model/contact.ts';

/** What an agent's phone shows and what its software reads. */
export interface ScreenPop {
  /** Who is calling and why, for the eye: `VIP Ana García · ventas · 0:45`. At most 60 characters. */
  readonly displayName: string;
  /** The same for phones that show ASCII only: `VIP Ana Garcia - ventas - 0:45`. */
  readonly asciiName: string;
  /** SIP headers `X-Centralita-…`: printable ASCII, text percent-encoded as UTF-8. */
  readonly headers: Readonly<Record<string, string>>;
}

const DISPLAY_CHARACTERS_MAX = 60;
const HEADER_CHARACTERS_MAX = 200;

/** A status is worth its place on a small display only where it changes how one answers. */
const STATUS_MARKS: Readonly<Record<CallerStatus, string>> = {
  vip: 'VIP',
  customer: '',
  prospect: 'Prospecto',
  blocked: 'Bloqueado',
  unknown: '',
};
const STATUS_MARKS_EN: Readonly<Partial<Record<CallerStatus, string>>> = {
  prospect: 'Prospect',
  blocked: 'Blocked',
};

/** Composes what the agent learns before saying hello. `callback`: the customer asked to be rung, and will be. */
export function describeCaller(
  context: CallContext,
  queueName: string,
  waitMs: number,
  kind: 'call' | 'callback' = 'call',
): ScreenPop {
  const reason = clean(context.intent || queueName);
  const wait = clockOf(waitMs);
  const tail = ` · ${shorten(reason, 20)} · ${wait}`;
  const mark = kind === 'call' ? '' : context.language === 'en' ? 'Call back: ' : 'Devolución: ';
  const who = shorten(mark + whoOf(context), DISPLAY_CHARACTERS_MAX - tail.length);
  const displayName = `${who}${tail}`;
  return {
    displayName,
    asciiName: toAscii(displayName),
    headers: {
      ...headersOf(context, queueName, waitMs),
      ...(kind === 'callback' ? { 'X-Centralita-Callback': 'yes' } : {}),
    },
  };
}

function whoOf(context: CallContext): string {
  const english = context.language === 'en';
  const mark = (english && STATUS_MARKS_EN[context.status]) || STATUS_MARKS[context.status];
  const name = clean(context.name ?? '') || clean(context.ani ?? '');
  const stranger = english ? 'Anonymous' : 'Anónimo';
  return [mark, name || stranger].filter((part) => part !== '').join(' ');
}

/** 45,000 → `0:45`; from an hour on `1:02:03`. */
function clockOf(waitMs: number): string {
  const seconds = Math.max(0, Math.floor(waitMs / 1_000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3_600);
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

function headersOf(
  context: CallContext,
  queueName: string,
  waitMs: number,
): Readonly<Record<string, string>> {
  const values: Readonly<Record<string, string | undefined>> = {
    'X-Centralita-Queue': queueName,
    'X-Centralita-Status': context.status,
    'X-Centralita-Language': context.language,
    'X-Centralita-Wait': String(Math.max(0, Math.floor(waitMs / 1_000))),
    'X-Centralita-Number-Called': context.dnis,
    'X-Centralita-Intent': context.intent,
    'X-Centralita-Contact': context.contactId,
    'X-Centralita-Name': context.name,
    'X-Centralita-Verified': context.variables.verified === 'true' ? 'true' : undefined,
    'X-Centralita-Last-Call': lastCall(context),
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([header, value]) =>
      value === undefined || value === '' ? [] : [[header, headerSafe(value)]],
    ),
  );
}

/** `2026-03-02T09:30:00.000Z answered facturacion 1001`: when, what became of it, what about, with whom. */
function lastCall({ recentCalls: [last] = [] }: CallContext): string | undefined {
  if (!last) return undefined;
  const { at, outcome, intent, queueId, agentId } = last;
  return [new Date(at).toISOString(), outcome, intent ?? queueId ?? '-', agentId ?? '-'].join(' ');
}

/** Percent-encoded where SIP software might stumble: nothing can end the header or the message. */
function headerSafe(value: string): string {
  let safe = '';
  for (const character of clean(value)) {
    const encoded = character === ' ' ? ' ' : encodeURIComponent(character);
    if (safe.length + encoded.length > HEADER_CHARACTERS_MAX) break;
    safe += encoded;
  }
  return safe;
}

/** Without what ends a quoted string, a header or a line (RFC 3261 section 25.1), or turns text around. */
function clean(text: string): string {
  return text
    .normalize('NFC')
    .replace(/["\\<>]/g, '')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function shorten(text: string, charactersMax: number): string {
  const characters = [...text];
  if (characters.length <= charactersMax) return text;
  return `${characters
    .slice(0, charactersMax - 1)
    .join('')
    .trimEnd()}…`;
}

/** Letters lose their accents; what has no ASCII form becomes a question mark. */
function toAscii(text: string): string {
  return text
    .replaceAll('·', '-')
    .replaceAll('…', '.')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '?');
}
