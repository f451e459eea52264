import { type CallId, type OfferId, offerId } from '../model/ids.ts';

const ENDS = Array.from({ length: 1_000 }, (_, n) => String(n).padStart(3, '0'));

/** The last numbers had these thousands, which began like this: numbers follow each other, and to write one is dear. */
let [thousands, beginning] = [0, '#'];

/** An offer's id is never given twice: a late word about an old offer cannot touch a new one (rule O2). */
export function offerIdOf(callId: CallId, seq: number): OfferId {
  if (seq < ENDS.length) return offerId(`${callId}#${seq}`);
  const end = seq % ENDS.length;
  if (seq - end !== thousands)
    [thousands, beginning] = [seq - end, `#${(seq - end) / ENDS.length}`];
  return offerId(callId + (beginning + ENDS[end]));
}

/** The part before the number; none of it: it is no offer's id. */
export const callIdOf = (id: OfferId): CallId =>
  id.slice(0, Math.max(0, id.lastIndexOf('#'))) as CallId;
