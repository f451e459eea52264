import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';
import { sipFailure } from './sip-failure.ts';

export interface RequestOptions {
  readonly method: string;
  readonly headers?: Record<string, string>;
  readonly proxy?: string;
}

/** A request outside any dialog, and its final response; rejects with a SipFailure, 408 when there is none in time. */
export function requestWithin(
  limitMs: number,
  clock: Clock,
  srf: Srf,
  uri: string,
  options: RequestOptions,
): Promise<Srf.SrfResponse> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => reject(sipFailure(408)));
    const fail = (): void => {
      timer.cancel();
      reject(sipFailure(503));
    };
    // srf's types know neither this form nor that its error comes first.
    const send = srf.request.bind(srf) as unknown as Send;
    try {
      send(uri, options, (error, request) => {
        if (error || !request) return fail();
        request.on('response', (response) => {
          if (response.status < 200) return;
          timer.cancel();
          resolve(response);
        });
      });
    } catch {
      // There is no connection to drachtio.
      fail();
    }
  });
}

type Send = (
  uri: string,
  options: RequestOptions,
  sent: (error: unknown, request?: Sent) => void,
) => void;

interface Sent {
  on(event: 'response', listener: (response: Srf.SrfResponse) => void): void;
}
