import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readYaml, show } from '../../../src/lib/yaml-source.ts';

const TEXT = `name: X
nodes:
  menu:
    type: menu
    choices:
      - { key: 1, next: a }
      - key: 2
        next: b
  "a b": {}
`;

const problemsOf = (text: string): readonly string[] => {
  const source = readYaml(text);
  return source.ok ? [] : source.error;
};

describe('a YAML document', () => {
  it('knows where everything in it stands, and else the nearest that is there', () => {
    const source = readYaml(TEXT);
    assert.ok(source.ok);
    const at = (problem: string): string => show(source.value.positionOf(problem));
    assert.equal(at('nodes.menu.choices[1].next: there is no node b'), '8:9');
    assert.equal(at('nodes.menu.choices[0].key: is odd'), '6:11');
    assert.equal(at('nodes.menu: lacks failed'), '3:3');
    assert.equal(at('nodes.menu.failed: is odd'), '3:3');
    assert.equal(at('nodes.a b: is not a name'), '9:3');
    assert.equal(at('flow: lacks languages'), '1:1');
  });

  it('may be JSON', () => {
    const source = readYaml('{\n  "name": "X",\n  "start": 3\n}');
    assert.ok(source.ok);
    assert.deepEqual(source.value.value, { name: 'X', start: 3 });
    assert.equal(show(source.value.positionOf('start: must be string')), '3:3');
  });

  it('is refused with line and column when it is none', () => {
    assert.deepEqual(problemsOf('a: 1\nb: 2\na: 3\n'), ['3:1: Map keys must be unique']);
    assert.match(problemsOf('a:\n  - [1, 2').join(), /^2:\d+: /);
    assert.match(problemsOf('a: 1\n\tb: 2').join(), /^2:1: Tabs/);
  });

  it('is refused with its line when its bytes are no UTF-8', () => {
    const read = readYaml(Buffer.from('name: x\nes: Ma\xf1ana\n', 'latin1'));
    assert.ok(!read.ok);
    assert.match(read.error[0] ?? '', /^2:7: is not UTF-8/);
    const good = readYaml(Buffer.from('es: Mañana\n'));
    assert.deepEqual(good.ok && good.value.value, { es: 'Mañana' });
  });

  it('is stopped before it can hurt', () => {
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1]', 'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]'].concat(
      'cdefgh'.split('').map((name, at) => {
        const before = 'bcdefg'[at];
        return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`;
      }),
    );
    assert.match(problemsOf(bomb.join('\n')).join(), /Excessive alias count/);
    assert.match(problemsOf('x: &a [*a]').join(), /circular/);
    assert.match(problemsOf('['.repeat(5_000)).join(), /brackets more than 200 deep/);
    assert.match(problemsOf('- '.repeat(400)).join(), /goes more than 200 deep/);
    assert.match(problemsOf('&a '.repeat(5_000)).join(), /line of more than/);
    assert.match(problemsOf(' a: 1\n'.repeat(200_000)).join(), /is longer than/);
  });
});
