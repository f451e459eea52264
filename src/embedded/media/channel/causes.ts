/** Hangup causes with their Q.850 numbers (FreeSWITCH: switch_types.h, switch_channel.c). */
const CAUSES = {
  NONE: 0,
  UNALLOCATED_NUMBER: 1,
  NO_ROUTE_DESTINATION: 3,
  CHANNEL_UNACCEPTABLE: 6,
  NORMAL_CLEARING: 16,
  USER_BUSY: 17,
  NO_USER_RESPONSE: 18,
  NO_ANSWER: 19,
  SUBSCRIBER_ABSENT: 20,
  CALL_REJECTED: 21,
  NUMBER_CHANGED: 22,
  DESTINATION_OUT_OF_ORDER: 27,
  INVALID_NUMBER_FORMAT: 28,
  FACILITY_REJECTED: 29,
  NORMAL_UNSPECIFIED: 31,
  NORMAL_CIRCUIT_CONGESTION: 34,
  NETWORK_OUT_OF_ORDER: 38,
  NORMAL_TEMPORARY_FAILURE: 41,
  SWITCH_CONGESTION: 42,
  REQUESTED_CHAN_UNAVAIL: 44,
  OUTGOING_CALL_BARRED: 52,
  INCOMING_CALL_BARRED: 54,
  BEARERCAPABILITY_NOTAUTH: 57,
  BEARERCAPABILITY_NOTAVAIL: 58,
  SERVICE_UNAVAILABLE: 63,
  FACILITY_NOT_IMPLEMENTED: 69,
  SERVICE_NOT_IMPLEMENTED: 79,
  INCOMPATIBLE_DESTINATION: 88,
  RECOVERY_ON_TIMER_EXPIRE: 102,
  PROTOCOL_ERROR: 111,
  INTERWORKING: 127,
  ORIGINATOR_CANCEL: 487,
  CRASH: 700,
  SYSTEM_SHUTDOWN: 701,
  LOSE_RACE: 702,
  MANAGER_REQUEST: 703,
  ATTENDED_TRANSFER: 801,
  ALLOTTED_TIMEOUT: 802,
  MEDIA_TIMEOUT: 804,
  PICKED_OFF: 805,
} as const;

export type Cause = keyof typeof CAUSES;

/** FreeSWITCH reads an unknown cause as NORMAL_CLEARING. */
export function causeOf(text: string | undefined): Cause {
  const name = text?.trim().toUpperCase() ?? '';
  if (Object.hasOwn(CAUSES, name)) return name as Cause;
  const byNumber = Object.entries(CAUSES).find(([, number]) => String(number) === name);
  return (byNumber?.[0] as Cause | undefined) ?? 'NORMAL_CLEARING';
}

export const q850Of = (cause: Cause): number => CAUSES[cause];

/** RFC 3326, as FreeSWITCH writes it: causes that are not Q.850's go under SIP (mod_sofia.c). */
export function reasonHeader(cause: Cause): string {
  const number = CAUSES[cause];
  return number <= 127
    ? `Q.850;cause=${number};text="${cause}"`
    : `SIP;cause=${number};text="${cause}"`;
}

/** The SIP status that refuses a call for this cause (mod_sofia: hangup_cause_to_sip). */
export function sipStatusOf(cause: Cause): number {
  const statuses: Partial<Record<Cause, number>> = {
    UNALLOCATED_NUMBER: 404,
    NO_ROUTE_DESTINATION: 404,
    USER_BUSY: 486,
    NO_USER_RESPONSE: 408,
    NO_ANSWER: 480,
    SUBSCRIBER_ABSENT: 480,
    CALL_REJECTED: 603,
    NUMBER_CHANGED: 410,
    DESTINATION_OUT_OF_ORDER: 502,
    INVALID_NUMBER_FORMAT: 484,
    FACILITY_REJECTED: 501,
    NORMAL_CIRCUIT_CONGESTION: 503,
    NETWORK_OUT_OF_ORDER: 503,
    NORMAL_TEMPORARY_FAILURE: 503,
    SWITCH_CONGESTION: 503,
    REQUESTED_CHAN_UNAVAIL: 503,
    OUTGOING_CALL_BARRED: 403,
    INCOMING_CALL_BARRED: 403,
    BEARERCAPABILITY_NOTAUTH: 403,
    BEARERCAPABILITY_NOTAVAIL: 503,
    SERVICE_UNAVAILABLE: 503,
    INCOMPATIBLE_DESTINATION: 488,
    ORIGINATOR_CANCEL: 487,
    SYSTEM_SHUTDOWN: 503,
  };
  return statuses[cause] ?? 480;
}
