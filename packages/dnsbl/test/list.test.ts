import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseList } from '@postino/dnsbl';

import { matches } from '../src/answer.ts';

describe('parseList', () => {
  it('a zone alone', () => {
    assert.deepEqual(parseList(' zen.example. '), {
      zone: 'zen.example',
      textZone: 'zen.example',
      condition: null,
    });
  });
  it('a zone for the text before it', () => {
    const { zone, textZone } = parseList('sbl.example, zen.example=127.0.0.2');
    assert.deepEqual([zone, textZone], ['zen.example', 'sbl.example']);
  });
  it('operators', () => {
    const operators: [string, boolean, boolean, boolean][] = [
      ['=', false, false, false],
      ['==', false, true, false],
      ['!=', true, false, false],
      ['!==', true, true, false],
      ['&', false, false, true],
      ['=&', false, false, true],
      ['==&', false, true, true],
      ['!&', true, false, true],
      ['!=&', true, false, true],
      ['!==&', true, true, true],
    ];
    for (const [operator, negated, every, mask] of operators) {
      const { condition } = parseList(`zen.example${operator}127.0.0.2, 127.0.0.3`);
      assert.ok(condition, operator);
      assert.deepEqual(
        [condition.negated, condition.every, condition.mask],
        [negated, every, mask],
        operator,
      );
      assert.deepEqual(
        condition.numbers.map(({ address }) => address),
        ['127.0.0.2', '127.0.0.3'],
      );
    }
  });
  const bad = [
    '', '=127.0.0.2', 'a b', 'zen..example', '.zen', 'zen.example=', 'zen.example=127.0.0', 'zen.example=127.0.0.2,', 'zen.example=::1',
    'zen.example=127.0.0.256', 'zen.example&127.0.0.0/8', 'zen.example=127.0.0.0/33', 'zen.example!', 'zen.example!127.0.0.2', 'zen.example===127.0.0.2',
    'zen.example&&127.0.0.2', 'zen.example/key', 'a.example,b.example,c.example', ',zen.example', 'http://zen.example', `${'x'.repeat(64)}.example`,
    'zen.example=127.0.0.02', 'zen.example=127.1',
  ]; // prettier-ignore
  for (const spec of bad) {
    it(`${JSON.stringify(spec)} is a TypeError that quotes it`, () => {
      assert.throws(
        () => parseList(spec),
        (error: unknown) =>
          error instanceof TypeError && error.message.includes(JSON.stringify(spec)),
      );
    });
  }
});

describe('which answers count', () => {
  const table: [spec: string, codes: string[], listed: boolean][] = [
    ['x.example', ['127.0.0.1'], true],
    ['x.example=127.0.0.2,127.0.0.3', ['127.0.0.9', '127.0.0.3'], true],
    ['x.example=127.0.0.2,127.0.0.3', ['127.0.0.9'], false],
    ['x.example=127.0.0.0/28', ['127.0.0.15'], true],
    ['x.example=127.0.0.0/28', ['127.0.0.16'], false],
    ['x.example==127.0.0.2,127.0.0.3', ['127.0.0.2', '127.0.0.3'], true],
    ['x.example==127.0.0.2,127.0.0.3', ['127.0.0.2', '127.0.0.9'], false],
    ['x.example!=127.0.0.2,127.0.0.3', ['127.0.0.9'], true],
    ['x.example!=127.0.0.2,127.0.0.3', ['127.0.0.9', '127.0.0.3'], false],
    ['x.example!==127.0.0.2', ['127.0.0.2', '127.0.0.9'], true],
    ['x.example!==127.0.0.2', ['127.0.0.2'], false],
    ['x.example&0.0.0.3', ['127.0.0.7'], true],
    ['x.example&0.0.0.3', ['127.0.0.5'], false],
    ['x.example&0.0.0.3,0.0.0.4', ['127.0.0.5'], true],
    ['x.example&0.0.0.3', ['127.0.0.1', '127.0.0.2'], false],
    ['x.example==&0.0.0.1', ['127.0.0.1', '127.0.0.3'], true],
    ['x.example==&0.0.0.1', ['127.0.0.1', '127.0.0.2'], false],
    ['x.example!&0.0.0.1', ['127.0.0.2'], true],
    ['x.example!&0.0.0.1', ['127.0.0.2', '127.0.0.3'], false],
    ['x.example!==&0.0.0.1', ['127.0.0.2', '127.0.0.3'], true],
    ['x.example!==&0.0.0.1', ['127.0.0.1', '127.0.0.3'], false],
  ];
  for (const [spec, codes, listed] of table) {
    it(`${spec} of ${codes.join(', ')}: ${listed}`, () => {
      assert.equal(matches(parseList(spec).condition, codes), listed);
    });
  }
});
