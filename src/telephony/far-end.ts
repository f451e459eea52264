import type Srf from 'drachtio-srf';
import { NOT_TAKEN, refuseMethod } from './capabilities.ts';
import type { Channel } from './channel.ts';
import { passInfoKeys } from './info-keys.ts';
import { type LegWishes, passTransfers } from './refer.ts';
import { passRenegotiation } from './renegotiation.ts';
import type { Keeper, Kept } from './session-keeper.ts';

/** A leg that is up: the dialog with its far end, and the channel that it has on a media server. */
export interface FarEnd {
  readonly dialog: Srf.Dialog;
  readonly channel: Channel;
  /** What it may wish; absent: nothing beyond talking. */
  readonly wishes?: LegWishes | undefined;
  readonly keep: Keeper;
  /** The offer was ours, in the 200, and nothing came of it. */
  readonly unanswered?: (() => void) | undefined;
  /** It has gone without a word; told once. */
  dead(): void;
}

/** The far end can send keys as events (RFC 4733). */
const EVENTS = /^a=rtpmap:\d+ telephone-event\//im;

/**
 * All that a far end can do besides hanging up, whether it has called us or we it: hold and retrieve, transfers, keys by
 * INFO, and in the audio where it has no events; from now on it is asked whether it is still there. The one place for
 * every kind of leg: what stands here nobody has to think of anew.
 */
export function attend({ dialog, channel, wishes, keep, unanswered, dead }: FarEnd): Kept {
  passRenegotiation(dialog, channel, wishes, unanswered);
  passTransfers(dialog, wishes);
  passInfoKeys(dialog, (key) => channel.key(key, 'info'));
  for (const method of NOT_TAKEN) dialog.on(method as 'info', refuseMethod);
  if (!EVENTS.test(dialog.remote.sdp)) void channel.hearTones();
  return keep.begin(dialog, dead);
}
