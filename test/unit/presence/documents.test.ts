import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readerOf } from '../../../src/presence/documents.ts';
import { parseXml } from '../../../src/presence/xml.ts';

const pidf = (tuple: string) =>
  readerOf('presence').read(
    `<?xml version="1.0" encoding="UTF-8"?>\n<p:presence xmlns:p="urn:ietf:params:xml:ns:pidf" entity="pres:a@b">${tuple}</p:presence>`,
  );
const basic = (value: string) =>
  `<p:tuple id="t"><p:status><p:basic>${value}</p:basic></p:status></p:tuple>`;
const activity = (name: string) => `<d:person><r:activities><r:${name}/></r:activities></d:person>`;

describe('what other systems say of their people', () => {
  it('presence: open, closed, several ways, and what they are doing', () => {
    assert.equal(pidf(basic('open')), 'available');
    assert.equal(pidf(basic('closed')), 'offline');
    assert.equal(pidf(basic('closed') + basic('open')), 'available');
    assert.equal(pidf(basic('open') + activity('on-the-phone')), 'busy');
    assert.equal(pidf(basic('open') + activity('meeting')), 'away');
    assert.equal(pidf(basic('closed') + activity('meeting')), 'offline');
    assert.equal(pidf(''), undefined);
  });

  it('dialogs: any that is not over is busy; partial ones change some, old ones nothing', () => {
    const reader = readerOf('dialog');
    const info = (version: number, kind: string, ...all: [string, string][]) =>
      reader.read(
        `<dialog-info version="${version}" state="${kind}">${all
          .map(([id, state]) => `<dialog id="${id}"><state event="x">${state}</state></dialog>`)
          .join('')}</dialog-info>`,
      );
    assert.equal(info(0, 'full'), 'available');
    assert.equal(info(1, 'partial', ['a', 'early']), 'busy');
    assert.equal(info(2, 'partial', ['b', 'confirmed']), 'busy');
    assert.equal(info(3, 'partial', ['a', 'terminated']), 'busy');
    assert.equal(info(3, 'partial', ['b', 'terminated']), undefined, 'the same version again');
    assert.equal(info(4, 'partial', ['b', 'terminated']), 'available');
    assert.equal(info(0, 'full', ['c', 'trying']), 'busy', 'a full one begins anew');
    assert.equal(info(2, 'partial', ['c', 'terminated']), 'incomplete', 'one was lost');
    assert.equal(info(3, 'partial', ['d', 'confirmed']), 'incomplete', 'until everything is told');
    assert.equal(info(4, 'full'), 'available');
    assert.equal(info(5, 'partial', ['d', 'confirmed']), 'busy');
    assert.equal(reader.read('<presence/>'), undefined);
  });

  it('hostile XML costs nothing and says nothing', () => {
    const bombs = [
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><presence>&b;</presence>',
      '<!DOCTYPE x SYSTEM "http://evil.example/x.dtd"><presence/>',
      '<a>'.repeat(1_000),
      `${'<a>'.repeat(20)}${'</a>'.repeat(20)}`,
      `<a>${'<b/>'.repeat(2_000)}</a>`,
      `<a ${'x="1" '.repeat(40)}/>`,
      '<a x="1" x="2"/>',
      '<a></b>',
      '<a/><b/>',
      '<a',
      '</a>',
      'text',
      '',
      '<a>'.padEnd(70_000, ' '),
      `<a ${' '.repeat(60_000)}`,
      `<!--${'-'.repeat(60_000)}`,
    ];
    for (const bomb of bombs) {
      const began = performance.now();
      assert.equal(parseXml(bomb), undefined, bomb.slice(0, 40));
      assert.ok(performance.now() - began < 500, `slow: ${bomb.slice(0, 40)}`);
    }
    assert.equal(parseXml('<a>&xxe; &amp;</a>')?.text, '&xxe; &');
    assert.equal(parseXml('<a __proto__="x"/>')?.attributes.toString, undefined);
    assert.equal(parseXml("<x:a b='1'><![CDATA[c]]></x:a>")?.text, 'c');
  });
});
