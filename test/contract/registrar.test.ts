import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import Srf from 'drachtio-srf';
import { parseDigestCredentials } from '../../src/lib/auth-header.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type DigestAlgorithm, expectedResponse, ha1 } from '../../src/lib/digest.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { createRegistrar, type Registrar } from '../../src/registrar/registrar.ts';
import { routeOf } from '../../src/registrar/sip-uri.ts';
import type { Binding } from '../../src/runtime/ports/index.ts';
import { signOfLife } from '../../src/telephony/sign-of-life.ts';
import { Baresip } from '../support/baresip.ts';
import { writeCertificate } from '../support/certificate.ts';
import { eventually, within } from '../support/eventually.ts';
import { Evidence } from '../support/evidence.ts';
import { Sipp } from '../support/sipp.ts';
import { openSwitch, type Switch } from './sip-edge/support.ts';

const HOST = '127.0.0.1';
const REALM = 'centralita';
const PASSWORD = 'secreto';

/** The registrar behind the SIP edge, met by phones that nobody here wrote. */
describe('the registrar through drachtio’s protocol', () => {
  const evidence = new Evidence('registrar');
  let edge: Switch;
  let authority: string;
  let answered = 0;

  before(async () => {
    const certificate = writeCertificate(evidence.folder('tls'));
    authority = certificate.certificate;
    edge = await openSwitch(certificate);
  });
  after(async () => {
    await edge.close();
    evidence.close();
  });

  async function withRegistrar(
    algorithms: readonly DigestAlgorithm[],
    use: (registrar: Registrar) => Promise<void>,
    qualifyMs = 0,
  ): Promise<void> {
    const srf = new Srf();
    const ask = async (binding: Binding) => {
      const sign = await signOfLife(routeOf(binding), {
        srf,
        clock: systemClock,
        isUp: () => true,
      });
      if (sign === 'answers') answered += 1;
      return sign;
    };
    const registrar = createRegistrar({
      credentials: {
        find: async (extension) =>
          extension.startsWith('9')
            ? undefined
            : {
                extension,
                ha1Md5: ha1('MD5', extension, REALM, PASSWORD),
                ha1Sha256: ha1('SHA-256', extension, REALM, PASSWORD),
              },
      },
      store: { all: async () => [], replace: async () => {} },
      clock: systemClock,
      log: silentLogger,
      realm: REALM,
      onReachable: () => {},
      algorithms,
      ...(qualifyMs > 0 ? { qualify: { everyMs: qualifyMs, ask } } : {}),
    });
    srf.use('register', (req, res) => void registrar.register(req, res));
    void srf.connect(edge.admin);
    await within('the connection to the edge', once(srf, 'connect'));
    try {
      await use(registrar);
    } finally {
      await registrar.close();
      srf.disconnect();
    }
  }

  const remote = () => ({ host: HOST, port: edge.sipPort });
  const phone = (transport: 'udp' | 'tcp' | 'tls') =>
    Baresip.start({
      remote: {
        host: HOST,
        port: (transport === 'tls' ? edge.tlsPort : undefined) ?? edge.sipPort,
      },
      authority,
      evidence,
      user: '1001',
      password: PASSWORD,
      transport,
      toneHz: 440,
    });

  for (const transport of ['udp', 'tcp', 'tls'] as const)
    test(
      `baresip registers by MD5 over ${transport}, and takes it back`,
      { skip: without(transport) },
      () =>
        withRegistrar(['MD5'], async (registrar) => {
          const agent = await phone(transport);
          try {
            const [binding] = registrar.bindingsOf('1001');
            assert.equal(binding?.transport, transport);
            assert.match(binding?.contactUri ?? '', contactOf(agent, transport));
          } finally {
            await agent.stop();
          }
          await eventually(
            'the binding to be gone',
            () => registrar.bindingsOf('1001').length === 0,
          );
        }),
    );

  for (const transport of ['udp', 'tls'] as const)
    test(
      `a phone that dies without a word is found by OPTIONS over ${transport}`,
      { skip: without(transport) },
      () =>
        withRegistrar(
          ['MD5'],
          async (registrar) => {
            const agent = await phone(transport);
            answered = 0;
            await eventually('it has answered', () => answered > 0);
            assert.equal(registrar.bindingsOf('1001').length, 1);
            await agent.die();
            const isGone = () => registrar.bindingsOf('1001').length === 0;
            await eventually('nobody is there', isGone);
            assert.ok(registrar.hasPhoneAt(HOST), 'it may come back');
            const again = await phone(transport);
            await eventually('it is there again', () => registrar.bindingsOf('1001').length === 1);
            await again.stop();
          },
          150,
        ),
    );

  test('SIPp registers by the first of two challenges', () =>
    withRegistrar(['MD5', 'SHA-256'], async (registrar) => {
      const sipp = await Sipp.start({
        scenario: 'register',
        variables: {
          user: '1002',
          password: PASSWORD,
          contactPort: 5999,
          transport: 'udp',
          expires: 60,
          status: 200,
        },
        remote: remote(),
        evidence,
      });
      await sipp.done();
      assert.equal(registrar.bindingsOf('1002').length, 1);
    }));

  test('SIPp is refused with a wrong password', () =>
    withRegistrar(['MD5'], async (registrar) => {
      const sipp = await Sipp.start({
        scenario: 'register',
        variables: {
          user: '1003',
          password: 'wrong',
          contactPort: 5999,
          transport: 'udp',
          expires: 60,
          status: 403,
        },
        remote: remote(),
        evidence,
      });
      await sipp.done();
      assert.deepEqual(registrar.bindingsOf('1003'), []);
    }));

  test('an extension that nobody has is refused in the words and in the time of a wrong password', () =>
    withRegistrar(['MD5'], async () => {
      const asks = Array.from({ length: 40 }, (_, index) => ({
        extension: `${index % 2 === 0 ? '1' : '9'}${100 + Math.floor(index / 8)}`,
        socket: createSocket('udp4').bind(0, HOST).unref(),
      }));
      await Promise.all(asks.map(({ socket }) => once(socket, 'listening')));
      const refusals = await Promise.all(
        asks.map(async ({ extension, socket }, index) => {
          const { port } = socket.address();
          const send = async (cseq: number, extra = ''): Promise<string> => {
            const lines = [
              'REGISTER sip:centralita SIP/2.0',
              `Via: SIP/2.0/UDP ${HOST}:${port};branch=z9hG4bK-${port}-${cseq};rport`,
              `From: <sip:${extension}@centralita>;tag=t${port}`,
              `To: <sip:${extension}@centralita>`,
              `Call-ID: ${port}@guess`,
              `CSeq: ${cseq} REGISTER`,
              `Contact: <sip:${extension}@${HOST}:${port}>`,
              `Max-Forwards: 70\r\n${extra}Content-Length: 0\r\n\r\n`,
            ];
            socket.send(lines.join('\r\n'), edge.sipPort, HOST);
            const [message] = await within('an answer', once(socket, 'message'));
            return String(message);
          };
          const { nonce = '' } =
            parseDigestCredentials(
              /^www-authenticate: (.*)\r$/im.exec(await send(1))?.[1] ?? '',
            )[0] ?? {};
          const proof = `Authorization: Digest username="${extension}", realm="${REALM}", nonce="${nonce}", uri="sip:centralita", response="${String(index).padStart(32, '0')}", algorithm=MD5, cnonce="c", qop=auth, nc=00000001\r\n`;
          const from = performance.now();
          const refusal = await send(2, proof);
          const tookMs = performance.now() - from;
          // What differs from one request to the next by itself.
          const words = refusal.replaceAll(extension, 'X').replaceAll(String(port), 'P');
          return {
            isThere: extension.startsWith('1'),
            tookMs,
            words: words.replace(/tag=[^\r;]+/g, ''),
          };
        }),
      );
      for (const { socket } of asks) socket.close();
      assert.match(refusals[0]?.words ?? '', /^SIP\/2\.0 403 /);
      assert.equal(new Set(refusals.map(({ words }) => words)).size, 1, 'one refusal for all');
      const medianOf = (isThere: boolean): number => {
        const all = refusals.filter((one) => one.isThere === isThere).map(({ tookMs }) => tookMs);
        return all.toSorted((a, b) => a - b)[all.length / 2] ?? Number.NaN;
      };
      const [there, nowhere] = [medianOf(true), medianOf(false)];
      assert.ok(Math.min(there, nowhere) > 490, `${there} ms, ${nowhere} ms`);
      assert.ok(Math.abs(there - nowhere) < 25, `${there} ms against ${nowhere} ms`);
    }));

  test('each challenge arrives as a header line of its own, and SHA-256 is good', () =>
    withRegistrar(['SHA-256', 'MD5'], async (registrar) => {
      const socket = createSocket('udp4').bind(0, HOST).unref();
      await once(socket, 'listening');
      const exchange = async (cseq: number, extra: string): Promise<string> => {
        const port = socket.address().port;
        socket.send(
          [
            'REGISTER sip:centralita SIP/2.0',
            `Via: SIP/2.0/UDP ${HOST}:${port};branch=z9hG4bK-${port}-${cseq};rport`,
            `From: <sip:1004@centralita>;tag=t${port}`,
            'To: <sip:1004@centralita>',
            `Call-ID: ${port}@test`,
            `CSeq: ${cseq} REGISTER`,
            `Contact: <sip:1004@${HOST}:${port}>;expires=60, <sip:1004@192.0.2.9>;q=0.3`,
            'Max-Forwards: 70',
            `${extra}Content-Length: 0\r\n\r\n`,
          ].join('\r\n'),
          edge.sipPort,
          HOST,
        );
        const [message] = await within('an answer', once(socket, 'message'));
        return String(message);
      };
      const asked = await exchange(1, '');
      const lines = [...asked.matchAll(/^www-authenticate: (.*)\r$/gim)].map((match) => match[1]);
      assert.equal(lines.length, 2, asked);
      const { nonce = '', algorithm } = parseDigestCredentials(lines[0] ?? '')[0] ?? {};
      assert.equal(algorithm, 'SHA-256');
      const answer = {
        algorithm: 'SHA-256' as const,
        nonce,
        nc: '00000001',
        cnonce: 'c',
        uri: 'sip:centralita',
      };
      const key = ha1('SHA-256', '1004', REALM, PASSWORD);
      const response = expectedResponse(answer, key, 'REGISTER');
      const done = await exchange(
        2,
        `Authorization: Digest username="1004", realm="${REALM}", nonce="${nonce}", uri="sip:centralita", response="${response}", algorithm=SHA-256, cnonce="c", qop=auth, nc=00000001\r\n`,
      );
      assert.match(done, /^SIP\/2\.0 200 /);
      assert.match(done, /192\.0\.2\.9>;expires=300;q=0\.3/);
      assert.deepEqual(
        registrar.bindingsOf('1004').map(({ q }) => q),
        [1, 0.3],
      );
      socket.close();
    }));
});

/** The real switch is started without a certificate. */
function without(transport: 'udp' | 'tcp' | 'tls'): boolean {
  return transport === 'tls' && process.env.SWITCH === 'external';
}

/** baresip hears TLS beside the port that it was given for the rest. */
const contactOf = (agent: Baresip, transport: 'udp' | 'tcp' | 'tls'): RegExp =>
  transport === 'tls'
    ? new RegExp(`@${HOST}:\\d+;transport=tls`)
    : new RegExp(`@${HOST}:${agent.sipPort}`);
