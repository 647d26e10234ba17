import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import {
  choice,
  currencyCode,
  flag,
  list,
  pairs,
  readSettings,
  setting,
  text,
  type ValueKind,
  whole,
} from '../../../src/configuration/setting.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

const problemOf = (type: string, given: Record<string, unknown>) =>
  systemTypes
    .get(type)
    ?.settingProblems(given)
    .map(({ name, problem }) => `${name} ${problem}`)

describe('values that no system could work with', () => {
  it.each([
    [
      'netsuite',
      { account: '1', currency: 'US dollars' },
      'currency must be an ISO 4217 code of three capital letters',
    ],
    ['sap-b1', { companyDb: 'A', currencies: 'nonsense' }, "currencies must be a map of ISO 4217 codes to SAP's codes"],
    ['sap-b1', { companyDb: 'A', freightExpenseCode: 'one' }, 'freightExpenseCode must be a whole number from'],
    ['magento2', { allowPrivateAddresses: 'yes please' }, 'allowPrivateAddresses must be true or false'],
    ['image-feed', { allowPrivateAddresses: 'yes please' }, 'allowPrivateAddresses must be true or false'],
  ])('%s %o: %s', (type, given, message) => {
    expect(problemOf(type, given)).toEqual([expect.stringContaining(message)])
  })

  it('values in the types of YAML, and their texts, are right', () => {
    for (const code of [1, '1', 0, -1])
      expect(problemOf('sap-b1', { companyDb: 'A', freightExpenseCode: code })).toEqual([])
    for (const flagged of [true, 'true', false, 'false']) {
      expect(problemOf('magento2', { allowPrivateAddresses: flagged })).toEqual([])
    }
    for (const currencies of [{ USD: '$', GBP: '£' }, 'USD=$,GBP=£']) {
      expect(problemOf('sap-b1', { companyDb: 'A', currencies })).toEqual([])
    }
    for (const columns of [['custitem_color', 'custitem_size'], 'custitem_color, custitem_size']) {
      expect(problemOf('netsuite', { account: 1234567, extraItemColumns: columns })).toEqual([])
    }
  })

  it('vatGroup of SAP Business One is known', () => {
    expect(problemOf('sap-b1', { companyDb: 'A', vatGroup: 'S1' })).toEqual([])
  })

  it('what is wrong together is found beside what is wrong by itself', () => {
    const given = { companyDb: 'A', taxCode: 'T', vatGroup: 'V', version: 'v3' }
    expect(problemOf('sap-b1', given)).toEqual([
      'version must be one of v1, v2',
      expect.stringMatching(/^vatGroup cannot be combined with taxCode/),
    ])
  })
})

const code = pairs(/[A-Z]{3}/, 'codes', 'USD=$')
const kinds: readonly (readonly [string, ValueKind<unknown>, right: readonly unknown[], wrong: readonly unknown[]])[] =
  [
    ['text', text(), ['a', 1, true], ['', [], {}, null]],
    ['a text of a form', currencyCode, ['USD'], ['US', 5, true, 'usd']],
    ['whole', whole({ minimum: 0, maximum: 3600 }), [0, 3600, '60'], [-1, 3601, 1.5, 'one', true, '']],
    ['flag', flag, [true, 'false'], ['yes', 1, null]],
    ['choice', choice(['a', 'b']), ['a'], ['c', 1]],
    ['list', list(whole({ minimum: 1, maximum: 9 }), 'numbers'), [[1, 2], '1,2', 3, ['4']], [[0], {}, ['a']]],
    ['pairs', code, [{ USD: '$' }, 'USD=$,GBP=£', { USD: 1 }], [[], 7]],
  ]

describe('kinds of values', () => {
  it.each(kinds)(
    '%s: editors accept what validate accepts, and refuse what is of another type',
    (_name, kind, right, wrong) => {
      for (const value of right) {
        expect(kind.parse(value), `${value}`).toBeDefined()
        expect(Check(kind.schema, value), `${value}`).toBe(true)
      }
      for (const value of wrong) expect(kind.parse(value), `${value}`).toBeUndefined()
    },
  )

  it('list: a list means the same as its members in one text', () => {
    const numbers = list(whole({ minimum: 1, maximum: 9 }), 'numbers')
    expect(numbers.parse([1, 2])).toEqual([1, 2])
    expect(numbers.parse('1, 2')).toEqual([1, 2])
  })

  it('a map of pairs has its keys and values checked', () => {
    expect(code.parse({ usd: '$' })).toBeUndefined()
    expect(code.parse('USD')).toBeUndefined()
    expect(code.parse('USD=$')).toEqual(new Map([['USD', '$']]))
  })
})

describe('a setting', () => {
  it('that is required says what it must be', () => {
    const declared = {
      size: setting(whole({ minimum: 0, maximum: 3600 }), { required: true, description: 'how long' }),
    }
    expect(readSettings(declared, {})).toEqual({
      ok: false,
      problems: [{ name: 'size', problem: 'is missing; it must be a whole number from 0 to 3600' }],
    })
  })
})
