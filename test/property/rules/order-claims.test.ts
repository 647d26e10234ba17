import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decimal8 } from '../../../src/events/decimal.ts'
import { claimsOfSku, type OrderClaims, routeClaims, settleClaims } from '../../../src/rules/order-claims.ts'
import type { DeliveryEnd } from '../../../src/rules/order-history.ts'

type Step =
  | { readonly what: 'version'; readonly version: number; readonly quantity: number; readonly held: boolean }
  | { readonly what: 'end'; readonly version: number; readonly end: DeliveryEnd }

const rankOf = (version: number) => `0#${version}#0`

/** Versions with their quantities, whether they hold the order, and the end of each delivery. */
const version = fc.tuple(
  fc.integer({ min: 0, max: 5 }),
  fc.boolean(),
  fc.constantFrom<DeliveryEnd>('told', 'canceled', 'failed'),
)
const lives = fc.array(version, { minLength: 1, maxLength: 5 }).map((versions) =>
  versions.flatMap(([quantity, held, end], index): Step[] => [
    { what: 'version', version: index + 1, quantity, held },
    { what: 'end', version: index + 1, end },
  ]),
)

function after(steps: readonly Step[], before?: OrderClaims): OrderClaims | undefined {
  return steps.reduce<OrderClaims | undefined>((claims, step) => {
    const rank = rankOf(step.version)
    if (step.what === 'end') return settleClaims(claims, { rank, end: step.end, at: step.version * 10 })
    const quantities = new Map([['S', decimal8(step.quantity, 'quantity')]])
    return routeClaims(claims, { rank, quantities, held: step.held })
  }, before)
}

const claimed = (claims: OrderClaims | undefined) => {
  const { open = '0', told = [] } = claims === undefined ? {} : claimsOfSku(claims, 'S')
  return [Number(open), told.reduce((total, { quantity }) => total + Number(quantity), 0)] as const
}

it('claims of an order are open until its newest version ended or holds it, and then what the vendor was told', () => {
  fc.assert(
    fc.property(lives, fc.nat(), (steps, cut) => {
      const until = (cut % steps.length) + 1
      const [open, told] = claimed(after(steps.slice(0, until)))
      const last = steps.slice(0, until).findLast((step) => step.what === 'version')
      const ended = steps[until - 1]
      const { quantity = 0, held = false } = last?.what === 'version' ? last : {}
      const isOnHold = held && (ended?.what === 'version' || ended?.end === 'told')
      // Until the vendor has the hold, its stock may include what it was told before.
      const before = claimed(after(steps.slice(0, until - 1)))[1]
      const kept = ended?.what === 'version' ? Math.max(0, before - quantity) : 0
      if (isOnHold) expect([open, told]).toEqual([quantity, kept])
      else if (ended?.what === 'version') expect(open).toBe(Math.max(0, quantity - told))
      else expect(open).toBe(0)
      if (ended?.what === 'end' && ended.end === 'told' && !isOnHold) expect(told).toBe(quantity)
      if (ended?.what === 'end' && ended.end === 'canceled') expect(told).toBe(0)
    }),
  )
})

it('claims are the same when versions and ends come again', () => {
  fc.assert(
    fc.property(lives, fc.array(fc.nat()), (steps, again) => {
      const all = after(steps)
      const repeated = again.flatMap((index) => steps[index % steps.length] ?? [])
      expect(after(repeated, all)).toEqual(all)
    }),
  )
})

it('claims are the same, to the time of each piece, in whatever order the ends come', () => {
  fc.assert(
    fc.property(lives, fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), (steps, turns) => {
      const versions = steps.filter(({ what }) => what === 'version')
      const ends = steps.filter(({ what }) => what === 'end')
      const mixed = ends.reduce(
        (all, end, index) => all.toSpliced((turns[index] ?? 0) % (all.length + 1), 0, end),
        versions,
      )
      expect(claimsOfSku(after(mixed) as OrderClaims, 'S')).toEqual(claimsOfSku(after(steps) as OrderClaims, 'S'))
    }),
  )
})

it('claims of an order without end are bounded, and the newest version counts', () => {
  const steps = Array.from(
    { length: 100 },
    (_, index): Step => ({ what: 'version', version: index + 100, quantity: index % 3, held: false }),
  )
  const claims = after(steps) as OrderClaims
  expect(JSON.stringify(claims).length).toBeLessThan(2_000)
  expect(claimsOfSku(claims, 'S')).toEqual({ open: '0', told: [] })
})

it('claims of a row of an earlier release, which knows only the last end, go on', () => {
  const told = { S: [{ at: 10, quantity: '2' }] }
  const stored: OrderClaims = {
    rank: rankOf(1),
    wanted: { S: '2' },
    told,
    settled: { rank: rankOf(1), end: 'told', at: 10 },
  }
  expect(claimsOfSku(stored, 'S')).toEqual({ open: '0', told: told.S })
  const grown = after([{ what: 'version', version: 2, quantity: 5, held: false }], stored)
  expect(claimsOfSku(grown as OrderClaims, 'S')).toEqual({ open: '3', told: told.S })
  // Such a process continues a row of ours, and leaves the history behind.
  const { history, ...known } = grown as OrderClaims
  const ended = { ...known, told: { S: [...told.S, { at: 20, quantity: '3' }] } }
  const continued: OrderClaims = {
    ...ended,
    settled: { rank: rankOf(2), end: 'told', at: 20 },
    history: history as never,
  }
  expect(claimsOfSku(continued, 'S')).toEqual({ open: '0', told: ended.told.S })
})

it('claims end the same when the ends overtake the versions, as long as a lane keeps its own order', () => {
  fc.assert(
    fc.property(lives, fc.array(fc.boolean()), (steps, turns) => {
      const lanes = [
        steps.filter(({ what }) => what === 'version'),
        steps.filter(({ what }) => what === 'end'),
      ] as const
      const mixed: Step[] = []
      const places = [0, 0]
      for (const turn of [
        ...turns,
        ...steps.map((_, index) => index % 2 === 0),
        ...steps.map(() => true),
        ...steps.map(() => false),
      ]) {
        const lane = turn ? 0 : 1
        const step = lanes[lane][places[lane] ?? 0]
        if (step !== undefined) mixed.push(step)
        places[lane] = (places[lane] ?? 0) + 1
      }
      const last = steps.at(-1)
      const [open, told] = claimed(after(mixed))
      expect(open).toBe(claimed(after(steps))[0])
      if (last?.what === 'end' && last.end !== 'failed') expect(told).toBe(claimed(after(steps))[1])
    }),
  )
})
