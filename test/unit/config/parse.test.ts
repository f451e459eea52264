import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfig } from '../../../src/config/parse.ts';

const address = (over: object) => ({
  address: '192.0.2.7',
  netmask: '',
  family: 'IPv4' as const,
  mac: '',
  internal: false,
  cidr: null,
  ...over,
});
const lan = {
  lo: [address({ address: '127.0.0.1', internal: true })],
  eth0: [address({ address: '169.254.1.1' }), address({})],
};
const errorsOf = (env: Record<string, string>) => {
  const result = parseConfig(env, lan);
  assert.equal(result.ok, false);
  return result.ok ? [] : result.error;
};
const configOf = (env: Record<string, string>, interfaces = lan) => {
  const result = parseConfig(env, interfaces);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
};

const external = {
  SWITCH: 'external',
  DRACHTIO_HOST: 'drachtio',
  DRACHTIO_SECRET: 'cymru',
  FREESWITCH_HOST: 'fs1,fs2:8022',
  FREESWITCH_SECRET: 'ClueCon',
};

describe('parseConfig', () => {
  test('an empty environment is a working one', () => {
    const config = configOf({});
    assert.equal(config.http.port, 8080);
    assert.deepEqual(config.sip, {
      bindHost: '192.0.2.7',
      host: '192.0.2.7',
      port: 5060,
      realm: 'centralita',
      digest: ['MD5'],
      strangers: 'auto',
      qualifySeconds: 25,
      sessionSeconds: 1_800,
    });
    assert.deepEqual(config.rtp, { portMin: 20_000, portMax: 20_999 });
    assert.deepEqual(config.switch, { kind: 'embedded' });
    assert.equal('databaseUrl' in config, false);
    assert.match(config.dataDir, /^\/.*\/data$/);
  });

  test('phones can be asked for SHA-256', () => {
    assert.deepEqual(configOf({ SIP_DIGEST: 'SHA-256,MD5' }).sip.digest, ['SHA-256', 'MD5']);
  });

  test('a machine without a network is reached at loopback', () => {
    assert.equal(configOf({}, { lo: lan.lo, eth0: [] }).sip.host, '127.0.0.1');
  });

  test('a wildcard is listened on, but never told to a phone', () => {
    const { sip } = configOf({ SIP_HOST: '0.0.0.0' });
    assert.deepEqual([sip.bindHost, sip.host], ['0.0.0.0', '192.0.2.7']);
  });

  test('a variable set to nothing counts as absent', () => {
    assert.equal(configOf({ HTTP_PORT: '', ADMIN_API_KEY: '' }).http.port, 8080);
  });

  test('every bad variable is named, one line each', () => {
    const bad = {
      HTTP_PORT: 'http',
      SIP_PORT: '65536',
      RTP_PORT_MIN: '2e4',
      SWITCH: 'asterisk',
      LOG_LEVEL: 'loud',
      SEED_EXAMPLE: 'yes',
      SIP_REALM: 'a"b',
      SIP_HOST: 'sip:here/',
    };
    assert.deepEqual(errorsOf(bad), [
      'HTTP_PORT: expected an integer from 0 to 65535, got "http"',
      'SIP_HOST: expected a host name or address, got "sip:here/"',
      'SIP_PORT: expected an integer from 0 to 65535, got "65536"',
      'SIP_REALM: expected 1 to 64 letters, digits, dots and hyphens, got "a\\"b"',
      'RTP_PORT_MIN: expected an integer from 1 to 65535, got "2e4"',
      'SWITCH: expected one of embedded | external, got "asterisk"',
      'LOG_LEVEL: expected one of debug | info | warn | error | silent, got "loud"',
      'SEED_EXAMPLE: expected true or false, got "yes"',
    ]);
  });

  test('a secret is never shown', () => {
    const [unreadable] = errorsOf({ DATABASE_URL: 'postgres://u:pw@[h/d' });
    assert.equal(unreadable, 'DATABASE_URL: expected postgres://…, got 20 characters');
    const errors = errorsOf({ ADMIN_API_KEY: 'hunter2', DATABASE_URL: 'mysql://u:pw@h/d' });
    assert.deepEqual(errors, [
      'DATABASE_URL: expected postgres://…, got 16 characters',
      'ADMIN_API_KEY: expected at least 16 characters, got 7 characters',
    ]);
  });

  test('the embedded switch speaks IPv4', () => {
    assert.deepEqual(errorsOf({ SIP_HOST: '::1' }), [
      'SIP_HOST: expected a name or an IPv4 address for the embedded switch, got ::1',
    ]);
  });

  test('ports that cannot work together are named', () => {
    assert.deepEqual(errorsOf({ RTP_PORT_MIN: '5001', RTP_PORT_MAX: '5002', SIP_PORT: '5002' }), [
      'RTP_PORT_MIN: expected an even port, got 5001',
      'RTP_PORT_MAX: expected at least RTP_PORT_MIN + 3, got 5002',
      'SIP_PORT: expected a port outside RTP_PORT_MIN to RTP_PORT_MAX, got 5002',
    ]);
  });

  test('the external switch needs its hosts and secrets', () => {
    assert.deepEqual(errorsOf({ SWITCH: 'external', DRACHTIO_HOST: 'drachtio' }), [
      'DRACHTIO_SECRET: expected a value because SWITCH is external, got none',
      'FREESWITCH_HOST: expected a value because SWITCH is external, got none',
      'FREESWITCH_SECRET: expected a value because SWITCH is external, got none',
    ]);
  });

  test('several servers, each with its own port or secret', () => {
    assert.deepEqual(configOf(external).switch, {
      kind: 'external',
      drachtio: [{ host: 'drachtio', port: 9022, secret: 'cymru' }],
      freeswitch: [
        { host: 'fs1', port: 8021, secret: 'ClueCon' },
        { host: 'fs2', port: 8022, secret: 'ClueCon' },
      ],
    });
    const own = configOf({
      ...external,
      FREESWITCH_HOST: '::1,[::2]:99',
      FREESWITCH_SECRET: 'a,b',
    });
    assert.deepEqual(own.switch.kind === 'external' && own.switch.freeswitch, [
      { host: '::1', port: 8021, secret: 'a' },
      { host: '::2', port: 99, secret: 'b' },
    ]);
  });

  test('as many secrets as servers', () => {
    assert.deepEqual(errorsOf({ ...external, FREESWITCH_SECRET: 'a,b,c' }), [
      'FREESWITCH_HOST: expected one secret, or 2 as there are hosts, got 3',
    ]);
    assert.deepEqual(errorsOf({ ...external, FREESWITCH_HOST: 'fs1:0' }), [
      'FREESWITCH_HOST: expected host[:port], got "fs1:0"',
    ]);
  });

  test('is frozen, all the way down', () => {
    const config = configOf(external);
    assert.throws(() => Object.assign(config.sip, { port: 1 }), TypeError);
    assert.ok(config.switch.kind === 'external' && Object.isFrozen(config.switch.drachtio[0]));
  });
});

describe("parseConfig and the company's own systems", () => {
  test('nothing is asked unless it is named', () => {
    const config = configOf({});
    assert.deepEqual(config.requests.hosts, []);
    assert.equal(config.crm, undefined);
  });

  test('hosts, networks and tokens', () => {
    const { requests } = configOf({
      REQUEST_HOSTS: 'api.example.com,erp.local:8443,[::1]:80',
      REQUEST_PRIVATE: '10.1.0.0/16,fd00::/8,192.168.7.4',
      FLOW_SECRET_ERP: 'x',
      FLOW_SECRET_: 'y',
    });
    assert.deepEqual(requests.hosts, ['api.example.com', 'erp.local:8443', '[::1]:80']);
    assert.deepEqual(requests.privateNetworks, ['10.1.0.0/16', 'fd00::/8', '192.168.7.4']);
    assert.deepEqual([...requests.secrets], [['ERP', 'x']]);
    assert.match(errorsOf({ REQUEST_HOSTS: 'http://x/' }).join(), /^REQUEST_HOSTS: /);
    assert.match(errorsOf({ REQUEST_PRIVATE: '10.0.0.0/40' }).join(), /^REQUEST_PRIVATE: /);
  });

  test('a CRM has a secret, and its address none', () => {
    const CRM_SECRET = 'sixteen-letters-0';
    const { crm } = configOf({ CRM_URL: 'https://crm.example/x', CRM_SECRET });
    assert.deepEqual(crm, {
      url: 'https://crm.example/x',
      secret: CRM_SECRET,
      limitMs: 800,
      freshMs: 60_000,
      staleMs: 86_400_000,
      order: 'crm,contacts',
      verifies: false,
    });
    assert.match(errorsOf({ CRM_URL: 'https://crm.example/x' }).join(), /^CRM_SECRET: /);
    assert.match(errorsOf({ CRM_URL: 'https://u:p@crm.example/', CRM_SECRET }).join(), /^CRM_URL/);
  });
});
