// A child part that tells its data, says what it is sent back, and dies of what a native library dies of.
import { childData, tellParent } from '../../src/lib/child-part.ts';

process.on('message', (order: { readonly die?: true }) => {
  if (order.die) {
    process.stderr.write('its last words\n');
    process.kill(process.pid, 'SIGSEGV');
  }
  tellParent(order);
});
tellParent({ data: childData(), environment: Object.keys(process.env) });
