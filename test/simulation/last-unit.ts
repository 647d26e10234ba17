import type { SellableStock } from '../../src/configuration/model.ts'
import { reserving, stockWorld } from '../worlds/stock-world.ts'
import { SeededRandom } from './seeded-random.ts'

const STOCK = 1
const STEPS = 60
const SHOPS = ['one', 'two'] as const

export interface LastUnitOptions {
  /** A shop sells only after a poll that began when the feed had every earlier order. */
  readonly pullsBetween: boolean
  readonly sellableStock: SellableStock
}

export interface LastUnitResult {
  /** Pieces sold that the vendor does not have. */
  readonly oversold: number
  readonly sold: number
  /** What shops see when everything has settled, and what they should. */
  readonly shown: readonly string[]
  readonly expected: string
  /** Rows that came when everything was processed once more. */
  readonly repeated: number
}

interface Sale {
  readonly shop: string
  readonly number: string
  /** Polls of the other shop that begin from now on know of it. */
  inFeed: boolean
  canceled: boolean
}

/**
 * Two shops sell the last piece of a vendor. Orders, deliveries, readings of the stock, the feed's projector and polls take
 * turns at random, each as late as it likes; all stages get some of their records again.
 */
export async function runLastUnit(seed: number, options: LastUnitOptions): Promise<LastUnitResult> {
  const random = new SeededRandom(seed)
  const world = stockWorld(SHOPS.map((id) => reserving(id, { sellableStock: options.sellableStock })))
  const shops = SHOPS.map((id) => ({ id, poll: world.reader(id), copy: 0, knows: new Set<Sale>() }))
  const sales: Sale[] = []
  const booked = new Set<Sale>()
  /** What is on its way, each with its turn. */
  const underWay: (() => Promise<void>)[] = []
  const again: (() => Promise<void>)[] = []
  /** Readings of the vendor's stock that are not published yet, oldest first. */
  const readings: { readonly available: number; readonly readAt: number }[] = []

  const deliver = (sale: Sale, version: number) => async () => {
    if (sale.canceled) booked.delete(sale)
    else booked.add(sale)
    underWay.push(async () => {
      again.push(await world.report(sale.shop, sale.number, 'succeeded', { version }))
    })
  }
  const place = (sale: Sale, version: number) => async () => {
    const pieces = sale.canceled ? 0 : 1
    again.push(await world.order(sale.shop, sale.number, pieces, { version, canceled: sale.canceled }))
    await world.project()
    sale.inFeed = true
    underWay.push(deliver(sale, version))
  }
  const sell = async () => {
    const shop = random.pick(shops)
    const others = sales.filter((sale) => sale.shop !== shop.id)
    if (shop.copy < 1 || (options.pullsBetween && others.some((sale) => !shop.knows.has(sale)))) return
    shop.copy -= 1
    const sale: Sale = { shop: shop.id, number: `${sales.length + 1}`, inFeed: false, canceled: false }
    sales.push(sale)
    shop.knows.add(sale)
    underWay.push(place(sale, 1))
  }
  const poll = async () => {
    const shop = random.pick(shops)
    const known = sales.filter(({ inFeed }) => inFeed)
    for (const { total } of await shop.poll()) shop.copy = Number(total)
    for (const sale of known) shop.knows.add(sale)
  }
  const read = async () => void readings.push({ available: STOCK - booked.size, readAt: world.clock.time })
  const publish = async () => {
    const reading = readings.shift()
    if (reading !== undefined) await world.level(reading.available, reading.readAt)
  }
  const project = () => world.project({ again: random.chance(0.2) ? 3 : 0 })
  const take = async () => {
    const [next] = underWay.splice(random.int(0, Math.max(0, underWay.length - 1)), 1)
    await next?.()
  }
  const repeat = async () => void (again.length > 0 && (await random.pick(again)()))

  await read()
  await publish()
  await world.project()
  for (let step = 0; step < STEPS; step += 1) {
    world.clock.time += random.int(1, 20_000)
    await random.pick([sell, sell, poll, poll, take, take, read, publish, publish, project, repeat])()
  }
  const oversold = Math.max(0, sales.length - STOCK)
  const [first] = sales
  if (first !== undefined && random.chance(0.3)) {
    first.canceled = true
    underWay.push(place(first, 2))
  }
  while (underWay.length > 0) await take()
  world.clock.time += 1
  await read()
  while (readings.length > 0) await publish()
  await world.project()
  const shown = await shownBy(shops)
  for (const one of again) await one()
  await world.project({ again: 5 })
  const repeated = (await Promise.all(shops.map(({ poll: next }) => next()))).flat().length
  const expected = String(Math.max(0, STOCK - booked.size))
  return { oversold, sold: sales.length, shown, expected, repeated }
}

interface Shop {
  readonly poll: ReturnType<ReturnType<typeof stockWorld>['reader']>
  copy: number
}

/** What each shop has once it has polled to the end; its own sales come back from the feed. */
async function shownBy(shops: readonly Shop[]): Promise<readonly string[]> {
  return await Promise.all(
    shops.map(async ({ poll, copy }) => {
      const rows = await poll()
      return rows.at(-1)?.total ?? String(copy)
    }),
  )
}
