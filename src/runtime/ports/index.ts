/**
 * The ports that the call center itself stands on, by what they are about. Those of one room's own (recordings, trunks,
 * webhooks …) are in the other files of this folder, and imported from there.
 */

/** Where phones are, and what they prove themselves with. */
export type * from './bindings.ts';
/** Who calls, and what of it the house and the company's own systems know. */
export type * from './callers.ts';
/** The configuration, who checks it before it goes live, and what is made of it beforehand. */
export type * from './configuration.ts';
/** What those who look on and operate see of the house, and their one way into it. */
export type * from './control.ts';
/** What is written of calls, and counted; never waited for. */
export type * from './records.ts';
/** What is said: text that becomes sound, and the system's own sentences. */
export type * from './speech.ts';
/** Legs, ringing, dialling, joining: what the runtime wants of telephony, and what telephony tells it. */
export type * from './telephony.ts';
