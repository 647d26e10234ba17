import { describe, expect, it } from 'vitest'
import { patternOf } from '../../../../src/systems/files/name-pattern.ts'

describe('a pattern of names', () => {
  it.each([
    ['*.csv', 'stock.csv', { date: '' }],
    ['*.csv', 'stock.csv.tmp', null],
    ['stock-?.csv', 'stock-1.csv', { date: '' }],
    ['stock (1).csv', 'stock (1).csv', { date: '' }],
    ['stock.csv', 'stockxcsv', null],
    ['stock-{yyyy}{MM}{dd}.csv', 'stock-20261130.csv', { date: '20261130' }],
    ['stock-{yyyy}{MM}{dd}.csv', 'stock-2026113.csv', null],
    ['{dd}.{MM}.{yyyy}_*.csv', '01.12.2026_acme.csv', { date: '20261201' }],
    ['s-{yyyy}-{MM}-{dd}T{HH}{mm}{ss}*', 's-2026-12-01T095959.csv.gz', { date: '20261201095959' }],
  ])('%s and %s', (pattern, name, expected) => {
    expect(patternOf(pattern)?.match(name)).toEqual(expected)
  })

  it.each(['', 'in/stock.csv', '{date}.csv', '{yyyy}{yyyy}.csv', '{MM}{dd}.csv', '{yyyy}{dd}.csv', '{HH}.csv'])(
    'is not %j: its dates would not sort by time',
    (pattern) => {
      expect(patternOf(pattern)).toBeUndefined()
    },
  )
})
