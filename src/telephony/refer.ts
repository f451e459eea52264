import type Srf from 'drachtio-srf';
import type { Referral, ReplacedDialog } from '../runtime/ports/phones.ts';
import { subscriberOf } from './telephone-subscriber.ts';
import { requestWithinDialog } from './within-dialog.ts';

/** What a far end may ask of a leg beyond talking. A leg without them declines transfers, and nobody hears of holds. */
export interface LegWishes {
  held(on: boolean): void;
  /** The SIP status for the REFER. */
  referred(referral: Referral): number;
}

/** So many transfers may be asked for in one call; each has a subscription of its own. */
const REFERS_MAX = 20;
const SUBSCRIPTION_SECONDS = 60;

/** Transfers: what the phone asks for by REFER is told, and what comes of it goes back by NOTIFY. */
export function passTransfers(dialog: Srf.Dialog, wishes: LegWishes | undefined): void {
  let refers = 0;
  dialog.on('refer', (req, res) => {
    // RFC 3515 section 2.4.2: whoever may not transfer is declined.
    if (!wishes) return res.send(603);
    refers += 1;
    if (refers > REFERS_MAX) return res.send(403);
    const wish = parseReferTo(req.get('Refer-To') ?? '');
    // Exactly one, that can be read (section 2.4.2).
    if (!wish) return res.send(400);
    const progress = new Progress(dialog, req);
    const status = wishes.referred({ ...wish, notify: (code) => progress.tell(code) });
    res.send(status);
    if (status === 202) progress.begin();
  });
}

/** The implicit subscription of one REFER. Nothing is told before the REFER was answered, nor after the last word. */
class Progress {
  readonly #dialog: Srf.Dialog;
  /** RFC 3515 section 2.4.6: which REFER of the dialog it is about. */
  readonly #event: string;
  /** RFC 4488: the phone wants to hear nothing. */
  readonly #silent: boolean;
  #begun = false;
  #over = false;
  #waiting: number[] = [];

  constructor(dialog: Srf.Dialog, req: Srf.SrfRequest) {
    this.#dialog = dialog;
    this.#event = `refer;id=${/^\d+/.exec(req.get('CSeq') ?? '')?.[0] ?? '1'}`;
    this.#silent = /^\s*false/i.test(req.get('Refer-Sub') ?? '');
  }

  begin(): void {
    this.#begun = true;
    for (const status of [100, ...this.#waiting.splice(0)]) this.#send(status);
  }

  tell(status: number): void {
    if (this.#begun) this.#send(status);
    else this.#waiting.push(status);
  }

  #send(status: number): void {
    if (this.#over || this.#silent) return;
    this.#over = status >= 200;
    const state = this.#over
      ? 'terminated;reason=noresource'
      : `active;expires=${SUBSCRIPTION_SECONDS}`;
    const request = {
      method: 'NOTIFY',
      headers: {
        Event: this.#event,
        'Subscription-State': state,
        'Content-Type': 'message/sipfrag;version=2.0',
      },
      body: `SIP/2.0 ${status} ${REASONS[status] ?? 'Failed'}\r\n`,
    };
    // A phone that has hung up meanwhile is told nothing.
    requestWithinDialog(this.#dialog, request, () => {});
  }
}

const REASONS: Readonly<Record<number, string>> = {
  100: 'Trying',
  180: 'Ringing',
  200: 'OK',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  480: 'Temporarily Unavailable',
  481: 'Call/Transaction Does Not Exist',
  486: 'Busy Here',
  487: 'Request Terminated',
  503: 'Service Unavailable',
  603: 'Decline',
};

/** `<sip:1002@host?Replaces=…>`; a tel: URI names a number (RFC 3966). Undefined: it names nobody. */
export function parseReferTo(
  header: string,
): Pick<Referral, 'user' | 'host' | 'replaces'> | undefined {
  const uri = (/<([^>]*)>/.exec(header)?.[1] ?? header).trim();
  const found = /^(?:sips?:(?:([^@?]*)@)?([^;?\s]+)|tel:([^?\s]+))([^?]*)(?:\?(.*))?$/i.exec(uri);
  if (!found) return undefined;
  const [, user = '', host = '', number, , headers = ''] = found;
  const name = subscriberOf(decoded(number ?? user) ?? '');
  if (name === '' || name.length > 256) return undefined;
  const named = { user: name, host: host.toLowerCase() };
  const replaces = /(?:^|&)Replaces=([^&]*)/i.exec(headers)?.[1];
  if (replaces === undefined) return named;
  const dialog = parseReplaces(decoded(replaces) ?? '');
  return dialog && { ...named, replaces: dialog };
}

/** RFC 3891 section 6.1. */
export function parseReplaces(value: string): ReplacedDialog | undefined {
  const [sipCallId = '', ...parameters] = value.split(';').map((part) => part.trim());
  const tag = (name: string): string | undefined =>
    parameters.find((each) => each.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const localTag = tag('to-tag');
  const remoteTag = tag('from-tag');
  if (sipCallId === '' || localTag === undefined || remoteTag === undefined) return undefined;
  return { sipCallId, localTag, remoteTag };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
