import { describe, expect, it } from 'vitest'
import type { AttributeRule } from '../../../src/configuration/model.ts'
import { mapAttributes } from '../../../src/rules/mapping.ts'
import { ruleWith } from '../../data/configuration.ts'

const input = {
  sku: 'WLD-1',
  name: 'Jacket',
  price: '189.5',
  active: true,
  barcode: null,
  priceLevels: [
    { level: 'Base', quantity: '1', price: '0.1' },
    { level: 'Dealer', quantity: '1', price: '0.2' },
  ],
  attributes: {
    none: 'null',
    color: '"Moss"',
    weights: '{"net":0.30,"gross":[1.10]}',
    big: '12345678901234567890.12',
    trap: '"'.concat('a'.repeat(40), 'b"'),
  },
}
const rule = (expression: string, more: Partial<AttributeRule> = {}) => ruleWith('a', { expression, ...more })
const map = async (expression: string, more: Partial<AttributeRule> = {}) =>
  (await mapAttributes([rule(expression, more)], input))['a']

describe('an expression', () => {
  it.each([
    ['text', 'name & " " & attributes.color', {}, 'Jacket Moss'],
    ['a condition', 'active ? 1 : 2', { type: 'integer' }, 1],
    ['a decimal with all its digits', 'attributes.big', { type: 'decimal' }, '12345678901234567890.12'],
    ['a decimal within JSON, with all its digits', 'attributes.weights.gross[0]', {}, '1.10'],
    ['an exact sum', '$add("0.1", "0.2")', { type: 'decimal' }, '0.3'],
    ['an exact total of a path', '$total(priceLevels.price)', { type: 'decimal' }, '0.3'],
    ['an exact product', '$multiply(price, "1.19")', { type: 'decimal' }, '225.505'],
    ['a rounded value, half up', '$round($multiply(price, "1.19"), 2)', { type: 'decimal' }, '225.51'],
    ['a rounded negative value', '$round("-0.125", 2)', { type: 'decimal' }, '-0.13'],
    ['a quotient', '$divide(price, "3", 2)', { type: 'decimal' }, '63.17'],
    ['a negative quotient', '$divide("1", "-8", 2)', { type: 'decimal' }, '-0.13'],
    ['a comparison', '$compare(price, "99.95") > 0 ? "dear" : "cheap"', {}, 'dear'],
    ['a level by name', 'priceLevels[level = "Dealer"].price', { type: 'decimal' }, '0.2'],
    ['nothing, which is the default', 'barcode', { default: 'none' }, 'none'],
    ['nothing from a function of nothing', '$add(nowhere, "1")', {}, undefined],
    ['nothing from a function of null', '$round($multiply(barcode, "1.19"), 2)', {}, undefined],
    ['text without what is null', 'name & barcode & attributes.none', {}, 'Jacket'],
    ['what a look-up makes of it', 'active', { lookup: { true: '1', false: '2' }, type: 'integer' }, 1],
    ['a match of a regular expression', '$replace(sku, /^WLD-(\\d+)$/, "$1")', { type: 'integer' }, 1],
    ['text that is filled up', '$pad("7", -3, "0")', {}, '007'],
  ] as const)('gives %s', async (_what, expression, more, expected) => {
    expect(await map(expression, more as Partial<AttributeRule>)).toBe(expected)
  })

  it.each([
    ['throws', '$error("no colour")', {}, /fails: no colour/],
    ['computes with text', 'price * 2', {}, /fails: The left side of the "\*" operator .*number.*"189.5"/],
    [
      'gives a list',
      'priceLevels.price',
      {},
      /gives a list, not one value; join it in an expression with \$join\(…\), .*: \["0.1","0.2"\]/,
    ],
    ['gives an object', '{"a": 1}', {}, /gives an object, not one value/],
    ['gives a number for text', '1 + 1', {}, /gives a number for a string; use \$string/],
    ['gives a float', '$count(priceLevels) = 2 ? 0.1 : 1', { type: 'decimal' }, /gives a float, .*: 0.1/],
    ['gives true for a number', 'active', { type: 'integer' }, /gives true or false for a integer/],
    ['gives text for a decimal', 'name', { type: 'decimal' }, /is not a decimal: "Jacket"/],
    ['adds what is no decimal', '$add(name, "1")', {}, /\$add was not given a decimal .*"Jacket"/],
    ['divides by zero', '$divide(price, "0", 2)', {}, /\$divide was given zero/],
    ['has no value where one is required', 'barcode', { required: true }, /expression barcode\) is required/],
    ['never ends', '($f := function(){ $f() }; $f())', {}, /takes more than 20000 steps/],
    ['is nested too deep', '($f := function($n){ 1 + $f($n + 1) }; $f(1))', {}, /nested deeper than 200/],
    ['makes a long list', '$count([1..5000])', { type: 'integer' }, /a list of more than 2000 items/],
    ['makes a long text', '$pad("x", 1000000000)', {}, /\$pad makes at most/],
    ['doubles a text', '($f := function($s){ $f($s & $s) }; $f("x"))', {}, /a text of more than 100000 characters/],
    [
      'searches for hours',
      '$contains(attributes.trap, /^(a+)+$/)',
      { type: 'boolean' },
      /regular expression takes longer/,
    ],
    ['runs what it is given', '($e := $lookup({"x": 1}, "x"); $constructor("return 1"))', {}, /non-function/],
    [
      'breaks its schema',
      'name',
      { schema: { maxLength: 3 } },
      /breaks its schema: must not have more than 3 characters/,
    ],
    [
      'is below its bound',
      'price',
      { type: 'decimal', schema: { minimum: 189.51 } },
      /must be at least 189.51: "189.5"/,
    ],
  ] as const)('that %s fails, naming attribute, expression and value', async (_what, expression, more, message) => {
    const failure = await map(expression, more as Partial<AttributeRule>).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'mapping_failed',
      field: 'a',
      message: expect.stringMatching(message),
      details: { attribute: 'a', expression },
    })
    expect(String(failure)).toContain(`attribute a (from expression ${expression})`)
  })

  it.each([
    ['$now()', /uses \$now, which is not allowed/],
    ['$millis()', /uses \$millis/],
    ['$random()', /uses \$random/],
    ['$shuffle([1,2])', /uses \$shuffle/],
    ['$eval("1")', /uses \$eval/],
    ['($e := $eval; $e("1"))', /uses \$eval/],
    ['name &', /is not a JSONata expression: .*at character/],
  ])('%s is refused', async (expression, message) => {
    await expect(map(expression)).rejects.toThrow(message)
  })

  it.each([
    ['$number(price) * 1.19', /computes a decimal with \*, which is not exact; use \$multiply/],
    ['$sum([1, 2])', /computes a decimal with \$sum, .*use \$total/],
  ])('of a decimal can not be a float: %s', async (expression, message) => {
    await expect(map(expression, { type: 'decimal' })).rejects.toThrow(message)
  })

  it('reaches nothing outside of the event', async () => {
    for (const path of [
      '$.constructor',
      '$.__proto__',
      '$lookup($, "constructor")',
      'process',
      'globalThis',
      '{}.toString',
    ]) {
      expect(await map(`$exists(${path}) ? "there" : "not there"`)).toBe('not there')
    }
    await map('$ ~> |$|{"name": "changed"}|').catch(() => undefined)
    expect(input.name).toBe('Jacket')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('counts the steps of each evaluation apart', async () => {
    const steps = rule('$count($map([1..1000], function($n){ $n * 2 + $n * 3 })) = 1000 ? "yes" : "no"')
    const answers = await Promise.all(Array.from({ length: 5 }, () => mapAttributes([steps], input)))
    expect(answers.map(({ a }) => a)).toEqual(['yes', 'yes', 'yes', 'yes', 'yes'])
  })

  it('of personal data fails without any of it', async () => {
    const person = { customerEmail: 'ann@example.com' }
    const failed = async (expression: string, more: Partial<AttributeRule> = {}) => {
      const mapped = async () => await mapAttributes([rule(expression, more)], person, { tellsValues: false })
      const error = await mapped().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'mapping_failed', cause: undefined })
      return String(error)
    }
    const all = [
      await failed('customerEmail', { type: 'decimal' }),
      await failed('customerEmail * 2'),
      await failed('$number(customerEmail)', { type: 'integer' }),
      await failed('$add(customerEmail, "1")'),
      await failed('[customerEmail, customerEmail]'),
      await failed('customerEmail', { lookup: {} }),
    ]
    expect(all.filter((message) => message.includes('ann@'))).toEqual([])
  })
})
