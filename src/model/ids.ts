/** A string that cannot be taken for another kind of id. */
type Branded<Name extends string> = string & { readonly __brand: Name };

export type CallId = Branded<'CallId'>;
export type AgentId = Branded<'AgentId'>;
export type QueueId = Branded<'QueueId'>;
export type FlowId = Branded<'FlowId'>;
export type OfferId = Branded<'OfferId'>;
/** A promise to ring a customer back. */
export type CallbackId = Branded<'CallbackId'>;
/** Opening hours of a site. */
export type CalendarId = Branded<'CalendarId'>;
/** A way to the telephone network. */
export type TrunkId = Branded<'TrunkId'>;
export type VoicemailId = Branded<'VoicemailId'>;
/** A recorded conversation. */
export type RecordingId = Branded<'RecordingId'>;
export type ContactId = Branded<'ContactId'>;
/** A leg is one SIP dialog with its channel on a media server; its id is the channel's uuid. */
export type LegId = Branded<'LegId'>;

export const callId = (value: string): CallId => value as CallId;
export const agentId = (value: string): AgentId => value as AgentId;
export const queueId = (value: string): QueueId => value as QueueId;
export const flowId = (value: string): FlowId => value as FlowId;
export const offerId = (value: string): OfferId => value as OfferId;
export const callbackId = (value: string): CallbackId => value as CallbackId;
export const calendarId = (value: string): CalendarId => value as CalendarId;
export const recordingId = (value: string): RecordingId => value as RecordingId;
export const trunkId = (value: string): TrunkId => value as TrunkId;
export const voicemailId = (value: string): VoicemailId => value as VoicemailId;
export const contactId = (value: string): ContactId => value as ContactId;
export const legId = (value: string): LegId => value as LegId;

/** What separates a call's id from the number of an agent's part in it. */
const PART = '~';

/** An agent who is brought into a call has a part in it, which is a call of its own for the engine alone (rule H1). */
export const partOf = (id: CallId, number: number): CallId => callId(`${id}${PART}${number}`);

export const isPart = (id: CallId): boolean => id.includes(PART);

/** The call of the customer, whatever part of it is meant: what everybody outside the engine knows it by. */
export const rootOf = (id: CallId): CallId => (isPart(id) ? callId(id.split(PART)[0] ?? id) : id);
