import { describe, expect, it } from 'vitest'
import { judgeBrokerClock, judgeSkew, skewOf } from '../../../../src/operations/doctor/skew.ts'
import { readWith } from '../../../data/configuration.ts'

const read = (overlapSeconds: number, settleSeconds: number) =>
  readWith('erp', 'products', { overlapSeconds, settleSeconds })
const at = 1_800_000_000_000

describe('the distance of two clocks', () => {
  it('is none while the whole second that was said may be ours', () => {
    for (const date of [at - 1000, at, at + 300]) expect(skewOf({ date, askedAt: at, answeredAt: at + 300 })).toBe(0)
  })

  it('is what is surely between them', () => {
    expect(skewOf({ date: at + 5000, askedAt: at, answeredAt: at + 300 })).toBe(4700)
    expect(skewOf({ date: at - 5000, askedAt: at, answeredAt: at + 300 })).toBe(-4000)
  })
})

describe('a clock', () => {
  const levelOf = (date: number | null, ...reads: ReturnType<typeof read>[]) =>
    judgeSkew({ id: 'erp', reads }, { date, askedAt: at, answeredAt: at })[0]

  it('is right to the second, told when it is off, and fails where the reads do not cover it', () => {
    expect(levelOf(at, read(30, 5))).toMatchObject({ level: 'ok', name: 'clock erp' })
    expect(levelOf(at + 20_000, read(30, 5))).toMatchObject({
      level: 'warn',
      what: expect.stringMatching(/^20.0 s ahead/),
    })
    expect(levelOf(at + 36_000, read(30, 5), read(300, 5))).toMatchObject({
      level: 'fail',
      what: expect.stringMatching(/^36.0 s ahead.*cover 35 s$/),
    })
    expect(levelOf(at - 40_000, read(30, 5))).toMatchObject({ level: 'fail', what: expect.stringContaining('behind') })
  })

  it('may be off by what signatures allow where nothing is read, and is not known without a Date', () => {
    expect(levelOf(at + 299_000)).toMatchObject({ level: 'warn' })
    expect(levelOf(at + 301_000)).toMatchObject({ level: 'fail' })
    expect(levelOf(null, read(30, 5))).toMatchObject({ level: 'warn' })
  })
})

it("the broker's clock may be ahead by what feeds allow", () => {
  expect(judgeBrokerClock(null, at, 5000).level).toBe('ok')
  expect(judgeBrokerClock(at - 60_000, at, 5000).level).toBe('ok')
  expect(judgeBrokerClock(at + 2000, at, 5000).level).toBe('warn')
  expect(judgeBrokerClock(at + 6000, at, 5000)).toMatchObject({
    level: 'fail',
    what: expect.stringContaining('6.0 s ahead of the clock here'),
  })
})
