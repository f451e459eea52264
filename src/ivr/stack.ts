/** Flows within flows; the checker refuses more. */
export const FLOW_DEPTH_MAX = 8;

/** A flow that was gone into, and the node of the one before it where the call goes on afterwards. */
export interface Frame {
  readonly into: string;
  readonly next: string;
}

/** A flow with the flows that it calls. */
interface Calling<Flow> {
  readonly subflows: ReadonlyMap<string, Flow>;
}

/** The flow that a call is in: down the stack from the one that it began in. */
export function innermost<Flow extends Calling<Flow>>(
  began: Flow,
  stack: readonly Frame[],
): Flow | undefined {
  return stack.reduce<Flow | undefined>((flow, frame) => flow?.subflows.get(frame.into), began);
}
