import {
  callIdOf,
  fromTagOf,
  type IncomingCall,
  parseNameAddr,
  parseUri,
} from '../../sip/index.ts';
import type { CallerProfile } from '../channel/caller-profile.ts';
import type { Variables } from '../channel/variables.ts';

export const PROFILE = 'drachtio_mrf';

interface Party {
  readonly user: string;
  readonly host: string;
  readonly port: string;
  readonly display: string;
}

function partyOf(header: string | undefined): Party {
  const address = header === undefined ? undefined : parseNameAddr(header);
  const uri = address && parseUri(address.uri);
  return {
    user: uri?.user ?? '',
    host: uri?.host ?? '',
    port: uri?.port === undefined ? '' : String(uri.port),
    display: address?.display ?? '',
  };
}

/** Who calls, as FreeSWITCH's profile reads an INVITE. */
export function callerProfileOf(call: IncomingCall, nowUs: number): CallerProfile {
  const { request, transaction } = call;
  const from = partyOf(request.headers.get('from'));
  const name = `${from.user || 'nobody'}@${from.host}${from.port === '' ? '' : `:${from.port}`}`;
  return {
    uuid: callIdOf(request),
    callerIdName: from.display || from.user || 'unknown',
    callerIdNumber: from.user,
    destination: parseUri(request.uri)?.user ?? '',
    networkAddress: transaction.origin.host,
    channelName: `sofia/${PROFILE}/${name}`,
    createdUs: nowUs,
    answeredUs: 0,
    progressMediaUs: 0,
    hangupUs: 0,
    transferUs: 0,
    bridgedUs: 0,
  };
}

/** The variables that mod_sofia sets from an INVITE. */
export function setSipVariables(
  variables: Variables,
  call: IncomingCall,
  profile: CallerProfile,
  url: string,
): void {
  const { request, transaction } = call;
  const from = partyOf(request.headers.get('from'));
  const to = partyOf(request.headers.get('to'));
  const contact = partyOf(request.headers.get('contact'));
  const target = partyOf(`<${request.uri}>`);
  variables.setAll([
    ['direction', 'inbound'],
    ['uuid', profile.uuid],
    ['call_uuid', profile.uuid],
    ...partyVariables('sip_from', from),
    ['channel_name', profile.channelName],
    ['sip_call_id', profile.uuid],
    ['sip_network_ip', transaction.origin.host],
    ['sip_network_port', transaction.origin.port],
    ['sip_received_ip', transaction.origin.host],
    ['sip_received_port', transaction.origin.port],
    ['sip_via_protocol', transaction.origin.protocol],
    ['sip_from_tag', fromTagOf(request)],
    ['sip_to_tag', call.localTag],
    ['sofia_profile_name', PROFILE],
    ['sofia_profile_url', url],
    ['sip_full_via', request.headers.get('via')],
    ['sip_full_from', request.headers.get('from')],
    ['sip_full_to', request.headers.get('to')],
    ...partyVariables('sip_req', target),
    ...partyVariables('sip_to', to),
    ...partyVariables('sip_contact', contact),
    ['sip_user_agent', request.headers.get('user-agent')],
    ['max_forwards', request.headers.get('max-forwards')],
  ]);
  for (const { name, value } of request.headers) {
    if (/^(X-|P-)/i.test(name)) variables.set(`sip_h_${name}`, value);
  }
}

function partyVariables(prefix: string, party: Party): [string, string][] {
  const port = party.port === '' ? '' : `:${party.port}`;
  const uri = `${party.user === '' ? '' : `${party.user}@`}${party.host}${port}`;
  return [
    [`${prefix}_user`, party.user],
    [`${prefix}_port`, party.port],
    [`${prefix}_uri`, uri],
    [`${prefix}_host`, party.host],
  ];
}
