import { describe, expect, it } from 'vitest'
import { type LastUnitOptions, runLastUnit } from './last-unit.ts'

const WORLDS = 1_000
/** Enough to show that the worlds find what they are to find. */
const FEW = 100

async function worlds(count: number, options: LastUnitOptions) {
  const results = []
  for (let seed = 1; seed <= count; seed += 1) results.push({ seed, ...(await runLastUnit(seed, options)) })
  return results
}

describe('the last piece, in two shops', () => {
  it('is sold once when the feed is pulled between, in each of 1,000 worlds', async () => {
    const results = await worlds(WORLDS, { pullsBetween: true, sellableStock: { reserve: true } })
    expect(results.filter(({ oversold }) => oversold > 0)).toEqual([])
    expect(results.filter(({ sold }) => sold === 1).length).toBeGreaterThan(WORLDS / 2)
    const wrong = results.filter(({ shown, expected }) => shown.some((total) => total !== expected))
    expect(wrong).toEqual([])
    expect(results.filter(({ repeated }) => repeated > 0)).toEqual([])
  }, 120_000)

  it('is sold once while its level waits for the mapping, however long, in each of 1,000 worlds', async () => {
    const options = { pullsBetween: true, mapping: true, sellableStock: { reserve: true } }
    const results = await worlds(WORLDS, options)
    expect(results.filter(({ oversold }) => oversold > 0)).toEqual([])
    expect(results.filter(({ sold }) => sold === 1).length).toBeGreaterThan(WORLDS / 2)
    const wrong = results.filter(({ shown, expected }) => shown.some((total) => total !== expected))
    expect(wrong).toEqual([])
    expect(results.filter(({ repeated }) => repeated > 0)).toEqual([])
  }, 300_000)

  it('is sold twice where reservations end with the read of a level that still waits', async () => {
    const ignoresPipeline = {
      pullsBetween: true,
      mapping: true,
      ignoresPipeline: true,
      sellableStock: { reserve: true },
    }
    const results = await worlds(FEW, ignoresPipeline)
    expect(results.filter(({ oversold }) => oversold > 0).length).toBeGreaterThan(FEW / 20)
  }, 60_000)

  it('is sold twice without reservations, and where a shop pulls too late', async () => {
    const unreserved = await worlds(FEW, { pullsBetween: true, sellableStock: {} })
    expect(unreserved.filter(({ oversold }) => oversold > 0).length).toBeGreaterThan(FEW / 2)
    const late = await worlds(FEW, { pullsBetween: false, sellableStock: { reserve: true } })
    expect(late.filter(({ oversold }) => oversold > 0).length).toBeGreaterThan(FEW / 4)
  }, 60_000)
})
