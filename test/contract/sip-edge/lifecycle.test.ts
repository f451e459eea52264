import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startSipEdge } from '../../../src/embedded/sip-edge/index.ts';
import { connectSrf, Phone, type Switch } from './support.ts';

const config = {
  sipHost: '127.0.0.1',
  sipPort: 0,
  adminHost: '127.0.0.1',
  adminPort: 0,
  secret: 's',
  logLevel: 'silent',
} as const;

/** Of the embedded edge alone: how it starts and ends. */
describe('the SIP edge in its worker thread', () => {
  it('starts, serves and ends', async () => {
    const edge = await startSipEdge(config);
    const target: Switch = {
      sipHost: '127.0.0.1',
      sipPort: edge.sipPort,
      admin: { host: '127.0.0.1', port: edge.adminPort, secret: 's' },
      external: false,
      close: () => edge.close(),
    };
    const srf = await connectSrf(target, { options: (_req, res) => res.send(200) });
    const phone = await Phone.open(target);
    assert.equal((await phone.request('OPTIONS', phone.uriOf('x'))).status, 200);
    srf.disconnect();
    await phone.close();
    await edge.close();
    await edge.close();
  });

  it('names a SIP port or an admin port that is in use', async () => {
    const edge = await startSipEdge(config);
    await assert.rejects(
      startSipEdge({ ...config, sipPort: edge.sipPort }),
      new RegExp(`SIP port 127.0.0.1:${edge.sipPort}/udp is in use`),
    );
    await assert.rejects(
      startSipEdge({ ...config, adminPort: edge.adminPort }),
      new RegExp(`admin port 127.0.0.1:${edge.adminPort}/tcp is in use`),
    );
    await edge.close();
  });
});
