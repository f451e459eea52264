import type Srf from 'drachtio-srf';

/** A first Contact that is a SIP address, which always has a host. */
const PLACE = /^\s*(?:"(?:[^"\\]|\\.)*"|[^"<:]*)\s*<?\s*sips?:/i;
const CONTACT_LENGTH_MAX = 1_024;

/**
 * Whether the sender can be called back at all. `tel:` and `*` name no host (RFC 3261 section 8.1.1.8 wants a SIP address):
 * drachtio-server 0.9.10 dies of any answer to an INVITE or SUBSCRIBE like that, 4xx included, as soon as it looks for its
 * sender's router. Not answered, it forgets them after 64 s.
 */
const isPlaceless = (req: Srf.SrfRequest): boolean =>
  req.has('Contact') && !PLACE.test(req.get('Contact').slice(0, CONTACT_LENGTH_MAX));

/** To be told before anybody else sees a request. */
export function passOverPlaceless(srf: Srf, passedOver: () => void): void {
  for (const method of ['invite', 'subscribe'] as const)
    srf.use(method, (req, _res, next) => {
      if (isPlaceless(req)) passedOver();
      else next();
    });
}
