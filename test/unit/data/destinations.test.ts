import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Destinations } from '../../../src/data/destinations.ts';

describe('destinations', () => {
  const to = (hosts: string[], privateNetworks: string[] = []) =>
    new Destinations({ hosts, privateNetworks });
  const allows = (destinations: Destinations, url: string): boolean => {
    try {
      destinations.check(new URL(url));
      return true;
    } catch {
      return false;
    }
  };

  it('are named with their port, or stand for the usual two', () => {
    const both = to(['Api.Example.com', 'erp.local:8443', '10.0.0.9:8080']);
    for (const url of [
      'https://api.example.com/a',
      'http://API.example.com/',
      'https://erp.local:8443/',
      'http://10.0.0.9:8080/',
    ])
      assert.ok(allows(both, url), url);
    for (const url of [
      'https://api.example.com:8443/',
      'https://erp.local/',
      'http://10.0.0.9/',
      'https://api.example.com.evil.example/',
      'https://evil.example/api.example.com',
      'http://0x0a000009/',
    ])
      assert.ok(!allows(both, url), url);
  });

  it('know a private address in every dress', () => {
    const none = to([]);
    for (const address of [
      '127.0.0.1',
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
      '::1',
      '::',
      'fd00::1',
      'fe80::1',
      '::ffff:127.0.0.1',
      '64:ff9b::7f00:1',
    ])
      assert.equal(none.permits(address), false, address);
    for (const address of ['8.8.8.8', '172.32.0.1', '2a00:1450::1', '::ffff:8.8.8.8'])
      assert.ok(none.permits(address), address);
    assert.ok(to([], ['10.1.0.0/16']).permits('10.1.2.3'));
    assert.equal(to([], ['10.1.0.0/16']).permits('10.2.2.3'), false);
  });
});
