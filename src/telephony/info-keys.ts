import type Srf from 'drachtio-srf';

const TYPES = 'application/dtmf-relay, application/dtmf';
/** Some phones send the events' numbers of RFC 4733 instead of the keys. */
const NUMBERED: Readonly<Record<string, string>> = {
  10: '*',
  11: '#',
  12: 'A',
  13: 'B',
  14: 'C',
  15: 'D',
};

/**
 * Keys that a far end sends by SIP INFO, which no RFC defines: `application/dtmf-relay` (`Signal=5`,
 * `Duration=160`) and `application/dtmf` (`5`). They are the flow's; the other party of a conversation hears none.
 */
export function passInfoKeys(dialog: Srf.Dialog, onKey: (key: string) => void): void {
  dialog.on('info', (req, res) => {
    const type = req.get('Content-Type') ?? '';
    if (type === '') return res.send(200);
    if (!isKeys(type)) return res.send(415, { headers: { Accept: TYPES } });
    const key = keyOfInfo(req.body);
    res.send(key === undefined ? 400 : 200);
    if (key !== undefined) onKey(key);
  });
}

const isKeys = (type: string): boolean => /^application\/dtmf(-relay)?\s*(;|$)/i.test(type.trim());

/** The key of a body of either type; undefined: there is none. */
export function keyOfInfo(body: string): string | undefined {
  const signal = /^\s*(?:signal\s*=\s*)?([0-9A-D*#]{1,2})\s*$/im.exec(body)?.[1]?.toUpperCase();
  if (signal === undefined) return undefined;
  return signal.length === 1 ? signal : NUMBERED[signal];
}
