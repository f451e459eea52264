import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  parseMessage,
  parseNameAddr,
  parseUri,
  parseVia,
  type SipRequest,
  serialise,
} from '../../../../src/embedded/sip/index.ts';

const lines = (...all: string[]) => all.join('\r\n');
const head = (over: Record<string, string | undefined> = {}) =>
  Object.entries({
    Via: 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1',
    From: '<sip:a@example.com>;tag=1',
    To: '<sip:b@example.com>',
    'Call-ID': 'x@y',
    CSeq: '1 INVITE',
    ...over,
  })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`);

const request = (text: string | Buffer): SipRequest => {
  const parsed = parseMessage(text);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.error.reason);
  assert.ok(parsed.value.kind === 'request');
  return parsed.value;
};
const problem = (text: string) => {
  const parsed = parseMessage(text);
  assert.ok(!parsed.ok);
  return parsed.error;
};

describe('parsing messages', () => {
  it('reads compact, folded and listed headers', () => {
    const parsed = request(
      lines(
        'INVITE sip:b@example.com SIP/2.0',
        'v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1, SIP/2.0/TCP 192.0.2.2;branch=z9hG4bK2',
        'f: "A, <B>"',
        ' <sip:a@example.com>',
        '\t;tag=1',
        't:<sip:b@example.com>',
        'i: x@y',
        'CSeq : 1   INVITE',
        'm: <sip:a@192.0.2.1>;q=0.5, "c" <sip:a@192.0.2.3>',
        'k: 100rel, timer',
        'c: application/sdp',
        'l: 3',
        '',
        'v=0',
      ),
    );
    assert.deepEqual(parsed.headers.all('via'), [
      'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
      'SIP/2.0/TCP 192.0.2.2;branch=z9hG4bK2',
    ]);
    assert.equal(parsed.headers.get('from'), '"A, <B>" <sip:a@example.com> ;tag=1');
    assert.equal(parseNameAddr(parsed.headers.get('from') ?? '')?.display, 'A, <B>');
    assert.equal(parsed.headers.all('contact').length, 2);
    assert.deepEqual(parsed.headers.tokens('supported'), ['100rel', 'timer']);
    assert.equal(parsed.body, 'v=0');
    assert.match(serialise(parsed), /^Content-Type: application\/sdp\r$/m);
  });

  it('cuts a datagram at its Content-Length and refuses one that is too short', () => {
    const longer = lines('INVITE sip:b@x SIP/2.0', ...head(), 'Content-Length: 2', '', 'abcd');
    assert.equal(request(longer).body, 'ab');
    const shorter = lines('INVITE sip:b@x SIP/2.0', ...head(), 'Content-Length: 9', '', 'abcd');
    assert.equal(problem(shorter).status, 400);
    assert.equal(problem(shorter).answerable?.headers.get('call-id'), 'x@y');
  });

  it('counts bodies in bytes', () => {
    const text = lines('MESSAGE sip:b@x SIP/2.0', ...head({ CSeq: '1 MESSAGE' }), '', 'año');
    assert.match(serialise(request(text)), /Content-Length: 4\r\n\r\naño$/);
  });

  const bad: [string, string, RegExp][] = [
    [
      'no Call-ID',
      lines('INVITE sip:b@x SIP/2.0', ...head({ 'Call-ID': undefined }), '', ''),
      /Call-ID/,
    ],
    [
      'two From headers',
      lines('INVITE sip:b@x SIP/2.0', ...head(), 'From: <sip:z@z>', '', ''),
      /From/,
    ],
    [
      'another method in CSeq',
      lines('INVITE sip:b@x SIP/2.0', ...head({ CSeq: '1 BYE' }), '', ''),
      /CSeq/,
    ],
    [
      'a CSeq beyond 32 bits',
      lines('INVITE sip:b@x SIP/2.0', ...head({ CSeq: '36893488147419103232 INVITE' }), '', ''),
      /CSeq/,
    ],
    [
      'negative Content-Length',
      lines('INVITE sip:b@x SIP/2.0', ...head(), 'Content-Length: -999', '', ''),
      /Content-Length/,
    ],
    ['a URI in brackets', lines('INVITE <sip:b@x> SIP/2.0', ...head(), '', ''), /URI/],
    ['blanks in the URI', lines('INVITE sip:b@x; lr SIP/2.0', ...head(), '', ''), /Request-Line/],
    [
      'an open quote in To',
      lines('INVITE sip:b@x SIP/2.0', ...head({ To: '"Mr. J <sip:j@x>' }), '', ''),
      /To/,
    ],
    [
      'a header without colon',
      lines('INVITE sip:b@x SIP/2.0', ...head(), 'nonsense', '', ''),
      /Header/,
    ],
    [
      'a wild Max-Forwards',
      lines('INVITE sip:b@x SIP/2.0', ...head(), 'Max-Forwards: 1e9', '', ''),
      /Max-Forwards/,
    ],
  ];
  for (const [name, text, reason] of bad) {
    it(`answers 400 to ${name}`, () => {
      const error = problem(text);
      assert.equal(error.status, 400);
      assert.match(error.reason, reason);
      assert.ok(error.answerable);
    });
  }

  it('answers 505 to another version', () => {
    assert.equal(problem(lines('INVITE sip:b@x SIP/7.0', ...head(), '', '')).status, 505);
  });

  it('says nothing to a broken ACK, a broken response or to what has no Via', () => {
    assert.equal(
      problem(lines('ACK sip:b@x SIP/2.0', ...head({ CSeq: 'x' }), '', '')).answerable,
      undefined,
    );
    assert.equal(
      problem(lines('SIP/2.0 4294967301 better', ...head(), '', '')).answerable,
      undefined,
    );
    assert.equal(
      problem(lines('INVITE sip:b@x SIP/2.0', ...head({ Via: undefined }), '', '')).answerable,
      undefined,
    );
  });

  it('refuses too many headers and too large a message', () => {
    const many = Array.from({ length: 300 }, (_, index) => `X-${index}: 1`);
    assert.match(
      problem(lines('INVITE sip:b@x SIP/2.0', ...head(), ...many, '', '')).reason,
      /Too Many/,
    );
    assert.equal(problem('x'.repeat(70_000)).status, 513);
  });

  it('never lets a value become a header', () => {
    const parsed = request(lines('INVITE sip:b@x SIP/2.0', ...head(), '', ''));
    parsed.headers.add('X-A', 'a\r\nVia: evil');
    assert.match(serialise(parsed), /X-A: a Via: evil\r\n/);
  });
});

/** Messages of RFC 4475, by section, that a parser trips over. */
describe('the torture messages of RFC 4475', () => {
  it('3.1.1.1: a short tortuous INVITE', () => {
    const parsed = request(
      lines(
        'INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0',
        'TO :',
        ' sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n',
        'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>',
        '  ;',
        '  tag = 98asjd8',
        'MaX-fOrWaRdS: 0068',
        'Call-ID: wsinv.ndaksdj@192.0.2.1',
        'Content-Length   : 0',
        'cseq: 0009',
        '  INVITE',
        'Via  : SIP  /   2.0',
        ' /UDP',
        '    192.0.2.2;branch=390skdjuw',
        's :',
        'NewFangledHeader:   newfangled value',
        ' continued newfangled value',
        'UnknownHeaderWithUnusualValue: ;;,,;;,;',
        'Content-Type: application/sdp',
        'Route:',
        ' <sip:services.example.com;lr;unknownwith=value;unknown-no-value>',
        'v:  SIP  / 2.0  / TCP     spindle.example.com   ;',
        '  branch  =   z9hG4bK9ikj8  ,',
        ' SIP  /    2.0   / UDP  192.168.255.111   ; branch=',
        ' z9hG4bK30239',
        'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =',
        '      newvalue ;',
        '  secondparam ; q = 0.33',
        '',
        '',
      ),
    );
    const vias = parsed.headers.all('via').map((via) => parseVia(via));
    assert.deepEqual(
      vias.map((via) => [via?.transport, via?.host, via?.params.get('branch')]),
      [
        ['UDP', '192.0.2.2', '390skdjuw'],
        ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
        ['UDP', '192.168.255.111', 'z9hG4bK30239'],
      ],
    );
    assert.equal(parseNameAddr(parsed.headers.get('from') ?? '')?.display, 'J Rosenberg \\"');
    assert.equal(parseNameAddr(parsed.headers.get('to') ?? '')?.params.get('tag'), '1918181833n');
    assert.equal(
      parsed.headers.get('newfangledheader'),
      'newfangled value continued newfangled value',
    );
  });

  it('3.1.1.2: a wide range of characters', () => {
    const parsed = request(
      lines(
        "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
        "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~",
        'To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7F" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/crazy?,/;;*@example.com>',
        "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"x\";tag=_token~1'+`*%!-.",
        'Call-ID: intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{',
        "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~",
        'Max-Forwards: 255',
        "extensionHeader-!.%*+_`'~: ignored",
        'Content-Length: 0',
        '',
        '',
      ),
    );
    assert.match(parsed.headers.get('to') ?? '', /example\.com/);
  });

  it('3.1.1.3: escaped %00 and similar in user parts', () => {
    assert.equal(
      parseUri('sip:sips%3Auser%40example.com@example.net')?.user,
      'sips%3Auser%40example.com',
    );
    assert.equal(parseUri('sip:null-%00-null@example.com')?.user, 'null-%00-null');
  });

  it('3.1.1.10: a semicolon in the user part', () => {
    assert.equal(
      parseUri('sip:user;par=u%40example.net@example.com')?.user,
      'user;par=u%40example.net',
    );
  });

  it('3.1.1.13: no reason phrase', () => {
    for (const start of ['SIP/2.0 100 ', 'SIP/2.0 100']) {
      const parsed = parseMessage(lines(start, ...head(), '', ''));
      assert.ok(parsed.ok && parsed.value.kind === 'response' && parsed.value.status === 100);
    }
  });
});
