/** An error with the SIP status that it stands for. */
export interface SipFailure extends Error {
  readonly status: number;
}

export const sipFailure = (status: number): SipFailure =>
  Object.assign(new Error(`SIP status ${status}`), { status });
