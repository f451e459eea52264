import type Srf from 'drachtio-srf';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { within } from '../lib/within.ts';
import { reinvite } from './reinvite.ts';
import type { SipFailure } from './sip-failure.ts';
import type { InviteKept, Traces } from './traces.ts';
import { requestWithinDialog } from './within-dialog.ts';

export interface SessionOptions {
  readonly clock: Clock;
  /** How long a dialog may go without a sign of life (RFC 4028). 0: for ever. */
  readonly sessionSeconds: number;
}

/** What legs are given to be looked after: session timers, and traces for whoever comes after us. */
export interface Keeper {
  /** What an INVITE of ours says of it. */
  readonly headers: Readonly<Record<string, string>>;
  /** {@link keepSession}; what it speaks by is kept in mind until `stop`. */
  begin(dialog: Srf.Dialog, dead: () => void): Kept;
  /** An INVITE of ours has gone out. */
  invited(invite: Srf.SrfRequest): InviteKept;
}

/** A dialog that is watched. */
export interface Kept {
  stop(): void;
  /** There is reason to doubt that the far end is there: it is asked now. */
  doubt(): void;
}

/** `repaired` is told of each far end that went without a word. */
export function keeper(
  traces: Traces,
  options: SessionOptions & { readonly log: Logger },
  repaired: () => void,
): Keeper {
  return {
    headers: sessionHeaders(options),
    invited: (invite) => traces.invite(invite),
    begin(dialog, dead) {
      const forget = traces.dialog(dialog);
      const kept = keepSession(dialog, options, () => {
        const { callId: sipCallId } = dialog.sip;
        options.log.warn({ sipCallId }, 'A far end is gone without a word: repaired');
        repaired();
        dead();
      });
      const stop = (): void => {
        kept.stop();
        forget();
      };
      return { ...kept, stop };
    },
  };
}

/** Of a dialog that there is not yet. */
export const NOT_KEPT: Kept = { stop: () => {}, doubt: () => {} };

/** The least that anybody may ask for (RFC 4028 section 4). */
export const SESSION_SECONDS_MIN = 90;
/** drachtio refreshes what it negotiated at half of the time: ours comes before, and sets its timer anew. */
const REFRESH_AT = 0.4;
/** A far end that has no answer by then is not there: Timer F. */
const ANSWER_MS_MAX = 32_000;
const NO_ANSWER = 408;
/** No such dialog, or nobody who answers (RFC 5057 section 5). */
const DEAD = new Set([404, 408, 410, 480, 481, 604]);
/** Nobody listens there, says drachtio; a far end may say the same of itself, once. */
const UNREACHABLE = 503;
const UNREACHABLE_MAX = 2;
const AGAIN_MS = 1_000;

/** What an INVITE of ours says of it. */
export const sessionHeaders = ({ sessionSeconds }: SessionOptions): Record<string, string> =>
  sessionSeconds === 0
    ? {}
    : { 'Session-Expires': String(Math.max(sessionSeconds, SESSION_SECONDS_MIN)) };

/**
 * Asks the far end of a dialog from time to time whether it is still there, by an UPDATE if it takes one, by the same
 * offer again if not; `dead` is called once when it is not. Whoever cannot do session timers is asked as well: a phone
 * that lost its power says no BYE either. Without a
 * `sessionSeconds`, only when it is doubted.
 */
export function keepSession(
  dialog: Srf.Dialog,
  { clock, sessionSeconds }: SessionOptions,
  dead: () => void,
): Kept {
  let timer: Timer | undefined;
  let over = false;
  let asking = false;
  let unreachable = 0;
  const stop = (): void => {
    over = true;
    timer?.cancel();
  };
  const again = (): void => {
    timer?.cancel();
    const soon = unreachable > 0;
    if (soon || sessionSeconds > 0)
      timer = clock.after(
        soon ? AGAIN_MS : sessionSeconds * 1_000 * REFRESH_AT,
        () => void refresh(),
      );
  };
  async function refresh(): Promise<void> {
    if (over || asking) return;
    asking = true;
    const status = (await within(clock, ANSWER_MS_MAX, ask(dialog))) ?? NO_ANSWER;
    asking = false;
    if (over) return;
    unreachable = status === UNREACHABLE ? unreachable + 1 : 0;
    if (!DEAD.has(status) && unreachable < UNREACHABLE_MAX) return again();
    stop();
    dead();
  }
  again();
  return { stop, doubt: () => void refresh() };
}

/** The final status. Offers that cross (491) and refusals are signs of life like any other. */
async function ask(dialog: Srf.Dialog): Promise<number> {
  if (takesUpdate(dialog)) return update(dialog);
  const offer = dialog.local.sdp;
  try {
    await reinvite(dialog, offer);
    return 200;
  } catch (error) {
    return (error as SipFailure).status ?? 500;
  }
}

function update(dialog: Srf.Dialog): Promise<number> {
  return new Promise((resolve) => {
    requestWithinDialog(dialog, { method: 'UPDATE' }, (_error, res) => {
      resolve(res?.status ?? 503);
    });
  });
}

/** What the far end said in its INVITE or its answer (RFC 3311 section 4). */
function takesUpdate(dialog: Srf.Dialog): boolean {
  const said = dialog as unknown as { readonly type: string; req?: Message; res?: Message };
  const message = said.type === 'uac' ? said.res : said.req;
  return message?.has('Allow') === true && /\bUPDATE\b/i.test(String(message.get('Allow')));
}

interface Message {
  has(name: string): boolean;
  get(name: string): unknown;
}
