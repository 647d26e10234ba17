import { expect, it } from 'vitest'
import { ageText, amountText, countText, isZero, sumOf } from '../../../web/src/format.ts'

it.each([
  [-3, '0 s'],
  [59.4, '59 s'],
  [60, '1 min'],
  [3599, '59 min'],
  [3600, '1 h'],
  [8130, '2 h 15 min'],
  [11 * 3600 + 900, '11 h'],
  [86_400, '1 d'],
  [26 * 3600, '1 d 2 h'],
  [30 * 86_400 + 3600, '30 d'],
])('%s seconds are %s', (seconds, text) => {
  expect(ageText(seconds)).toBe(text)
})

it.each([
  ['52.03', '52.03'],
  ['2545.6500', '2,545.6500'],
  ['7', '7.00'],
  ['0.5', '0.50'],
  ['1234567.1', '1,234,567.10'],
  ['-1999.99', '−1,999.99'],
  ['999', '999.00'],
])('the amount %s is shown as %s: no digit is lost', (amount, text) => {
  expect(amountText(amount)).toBe(text)
})

it.each([
  [['52.03', '2545.65', '-2597.68'], '0.00'],
  [['0.1', '0.2'], '0.3'],
  [['99999999999999.9999', '0.0001'], '100000000000000.0000'],
  [['-0.05', '0.02'], '-0.03'],
  [['7', '0.5'], '7.5'],
  [[], '0'],
])('%j add up to %s, exactly', (amounts, sum) => {
  expect(sumOf(amounts)).toBe(sum)
})

it('zero is zero however it is written', () => {
  for (const amount of ['0', '0.00', '-0.0000', '']) expect([amount, isZero(amount)]).toEqual([amount, true])
  for (const amount of ['0.01', '-1', '10']) expect([amount, isZero(amount)]).toEqual([amount, false])
})

it('counts are whole numbers, with a plus where there are more than were counted', () => {
  expect([countText(1204), countText(1000, true)]).toEqual(['1,204', '1,000+'])
  expect([0, 7, 999, 100_000, 1_234_567].map((count) => countText(count))).toEqual([
    '0',
    '7',
    '999',
    '100,000',
    '1,234,567',
  ])
})
