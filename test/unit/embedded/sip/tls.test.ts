import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, mock } from 'node:test';
import { connect as connectTls } from 'node:tls';
import {
  defaultLimits,
  responseTo,
  type SipRequest,
  targetOfUri,
  UserAgent,
} from '../../../../src/embedded/sip/index.ts';
import { Certificate } from '../../../../src/embedded/sip/transport/certificate.ts';
import { ManualClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { writeCertificate } from '../../../support/certificate.ts';

const HOST = '127.0.0.1';

describe('SIP over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const files = writeCertificate(folder);
  let heard: SipRequest | undefined;
  let server: UserAgent;

  const open = (authorities?: string): Promise<UserAgent> =>
    UserAgent.open({
      host: HOST,
      port: 0,
      tls: { port: 0, files: { ...files, ...(authorities ? { authorities } : {}) } },
    });
  const tlsPort = () => server.layer.transport.tlsPort ?? 0;

  before(async () => {
    server = await UserAgent.open({
      host: HOST,
      port: 0,
      tls: { port: 0, files },
      onRequest: (transaction) => {
        heard = transaction.request;
        transaction.respond(responseTo(transaction.request, 200, { toTag: 'a' }));
      },
    });
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('reaches whoever shows a certificate that is believed, by either kind of URI', async () => {
    const agent = await open(files.certificate);
    for (const uri of [`sip:x@${HOST}:${tlsPort()};transport=tls`, `sips:x@${HOST}:${tlsPort()}`]) {
      const outcome = await agent.request('OPTIONS', uri);
      assert.ok(outcome.ok && outcome.value.status === 200, uri);
      assert.match(heard?.headers.get('via') ?? '', /^SIP\/2\.0\/TLS 127\.0\.0\.1:\d+/);
      assert.match(
        heard?.headers.get('via') ?? '',
        new RegExp(`:${agent.layer.transport.tlsPort};`),
      );
    }
    await agent.close();
  });

  it('does not speak to whoever cannot prove to be the one that was named', async () => {
    const distrustful = await open();
    const unknown = await distrustful.request('OPTIONS', `sips:x@${HOST}:${tlsPort()}`);
    assert.deepEqual(unknown, { ok: false, error: 'transport' });
    await distrustful.close();
    const trusting = await open(files.certificate);
    const target = { protocol: 'tls', host: 'ip6-localhost', port: tlsPort() } as const;
    const other = await trusting.request('OPTIONS', 'sips:x@ip6-localhost', { target });
    assert.deepEqual(other, { ok: false, error: 'transport' });
    await trusting.close();
  });

  it('says that it cannot without a certificate', async () => {
    const plain = await UserAgent.open({ host: HOST, port: 0 });
    const outcome = await plain.request('OPTIONS', `sips:x@${HOST}:${tlsPort()}`);
    assert.deepEqual(outcome, { ok: false, error: 'transport' });
    await plain.close();
  });

  it('knows where URIs lead (RFC 3261 sections 19.1.2 and 26.2.2)', () => {
    const at = (uri: string) => {
      const target = targetOfUri(uri);
      return target && `${target.protocol}:${target.port}`;
    };
    assert.equal(at('sips:a@example.com'), 'tls:5061');
    assert.equal(at('sips:a@example.com;transport=tcp'), 'tls:5061');
    assert.equal(at('sip:a@example.com;transport=tls'), 'tls:5061');
    assert.equal(at('sip:a@example.com;transport=TLS:5'), undefined);
    assert.equal(at('sips:a@example.com;transport=udp'), undefined);
    assert.equal(at('sip:a@example.com;transport=ws'), undefined);
  });

  it('shows the new certificate once the files have been renewed, and keeps the old one if they are broken', async () => {
    const mine = mkdtempSync(join(tmpdir(), 'tls-'));
    const clock = new ManualClock();
    const agent = await UserAgent.open({
      host: HOST,
      port: 0,
      clock,
      tls: { port: 0, files: writeCertificate(mine) },
    });
    const fingerprint = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const port = agent.layer.transport.tlsPort ?? 0;
        const socket = connectTls({ host: HOST, port, rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().fingerprint256);
          socket.destroy();
        });
        socket.once('error', reject);
      });
    const first = await fingerprint();
    const renewed = writeCertificate(mine);
    clock.advance(3_600_000);
    const second = await fingerprint();
    assert.notEqual(second, first);
    rmSync(renewed.key);
    clock.advance(3_600_000);
    assert.equal(await fingerprint(), second);
    await agent.close();
    rmSync(mine, { recursive: true });
  });

  it('refuses to start with a key of another certificate', () => {
    const other = mkdtempSync(join(tmpdir(), 'tls-'));
    const { key } = writeCertificate(other);
    assert.throws(
      () =>
        new Certificate({ certificate: files.certificate, key }, new ManualClock(), silentLogger),
      /cannot be used/,
    );
    rmSync(other, { recursive: true });
  });

  it('closes a connection that never says anything, and leaves the one that pings', async () => {
    const clock = new ManualClock();
    const agent = await UserAgent.open({ host: HOST, port: 0, clock });
    const closed = mock.fn();
    const mute = connect(agent.port, HOST).once('close', closed);
    const phone = connect(agent.port, HOST).once('close', closed);
    const pong = new Promise((resolve) => phone.once('data', resolve));
    phone.write('\r\n\r\n');
    assert.equal(String(await pong), '\r\n');
    const gone = new Promise((resolve) => mute.once('close', resolve));
    clock.advance(defaultLimits.firstMessageMs);
    await gone;
    assert.equal(closed.mock.callCount(), 1);
    phone.destroy();
    await agent.close();
  });
});
