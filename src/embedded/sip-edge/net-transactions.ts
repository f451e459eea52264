import type { EdgeContext, NetTransaction } from './context.ts';

/** From now on a client may answer. */
export function rememberNet(context: EdgeContext, net: NetTransaction): void {
  context.net.set(net.id, net);
  context.netOf.set(net.transaction, net);
}

/** The client has answered, or may no longer. */
export function forgetNet(context: EdgeContext, net: NetTransaction): void {
  net.deadline?.cancel();
  context.net.delete(net.id);
}
