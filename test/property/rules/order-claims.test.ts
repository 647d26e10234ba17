import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decimal8 } from '../../../src/events/decimal.ts'
import {
  claimsOfSku,
  type DeliveryEnd,
  type OrderClaims,
  routeClaims,
  settleClaims,
} from '../../../src/rules/order-claims.ts'

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
      if (isOnHold) expect([open, told]).toEqual([quantity, 0])
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
