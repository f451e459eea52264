import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRecognisers } from '../../../src/config/recognisers.ts';

describe('RECOGNISERS', () => {
  it('names a recogniser per language; one may serve several', () => {
    const parsed = parseRecognisers(
      'es=ws://127.0.0.1:2700,en=ws://a:1/?alternatives=3,*=ws://127.0.0.1:2700',
    );
    assert.deepEqual(parsed.ok && parsed.value, [
      { languages: ['es', '*'], kind: 'vosk', address: 'ws://127.0.0.1:2700', options: {} },
      { languages: ['en'], kind: 'vosk', address: 'ws://a:1', options: { alternatives: '3' } },
    ]);
  });

  for (const [text, complaint] of [
    ['ws://127.0.0.1:2700', /does not begin with a language/],
    ['xx=ws://a:1', /does not begin with a language/],
    ['es=ws://a:1,es=ws://b:1', /es has two recognisers/],
    ['es=ftp://a', /neither/],
    ['es=sherpa:', /neither/],
    ['es=ws://a:1?model=x', /vosk has no option model/],
    ['es=ws://a:1?alternatives=many', /alternatives=many is not possible/],
  ] as const) {
    it(`refuses ${text}`, () => {
      const parsed = parseRecognisers(text);
      assert.match(parsed.ok ? '' : parsed.error, complaint);
    });
  }
});
