import type Srf from 'drachtio-srf';
import type { LegIdentity } from '../model/call.ts';
import type { LegId } from '../model/ids.ts';
import type { Channel } from './channel.ts';

/** What a later process needs to take the leg over: it goes into the journal with the leg's first event. */
export function identityOf(
  legId: LegId,
  dialog: Srf.Dialog | undefined,
  channel: Channel | undefined,
): LegIdentity {
  return {
    legId,
    sipCallId: dialog?.sip.callId ?? '',
    localTag: dialog?.sip.localTag ?? '',
    remoteTag: dialog?.sip.remoteTag ?? '',
    localUri: dialog?.local.uri ?? '',
    remoteUri: dialog?.remote.uri ?? '',
    localSdp: dialog?.local.sdp ?? '',
    remoteSdp: dialog?.remote.sdp ?? '',
    mediaServer: channel?.mediaServer ?? '',
  };
}
