import type { SellableStock } from '../../src/configuration/model.ts'
import { reserving, stockWorld } from '../worlds/stock-world.ts'
import { SeededRandom } from './seeded-random.ts'

const STOCK = 1
const STEPS = 60
const LONGEST_STEP_MS = 20_000
/** With a mapping, worlds last hours: what is held up outlasts reads and checks. */
const MAPPED = { steps: 150, longestStepMs: 240_000, longestStopMs: 3 * 3_600_000 }
/** Checks at the end, 16 minutes apart: more than an acknowledged piece needs. */
const LAST_CHECKS = 6
const SHOPS = ['one', 'two'] as const

export interface LastUnitOptions {
  /** A shop sells only after a poll that began when the feed had every earlier order. */
  readonly pullsBetween: boolean
  /**
   * Levels pass through a mapping that stops for hours, waits for its connections, or fails, while reads of the stock go on;
   * a level that did not change is not read again.
   */
  readonly mapping?: boolean
  /** Reservations end with a complete read, whether or not its levels are in the feed. */
  readonly ignoresPipeline?: boolean
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
  const { mapping = false, ignoresPipeline = false } = options
  const random = new SeededRandom(seed)
  const world = stockWorld(
    SHOPS.map((id) => reserving(id, { sellableStock: options.sellableStock })),
    { ignoresPipeline },
  )
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
  const levels = mapping ? mappedLevels(random, world) : null
  const publish = async () => {
    const reading = readings.shift()
    if (reading === undefined) return
    if (levels === null) await world.level(reading.available, reading.readAt)
    else await levels.publish(reading.available, reading.readAt)
  }
  const project = () => world.project({ again: random.chance(0.2) ? 3 : 0 })
  const take = async () => {
    const [next] = underWay.splice(random.int(0, Math.max(0, underWay.length - 1)), 1)
    await next?.()
  }
  const repeat = async () => void (again.length > 0 && (await random.pick(again)()))
  const usual = [sell, sell, poll, poll, take, take, read, publish, publish, project, repeat]
  const actions = [...usual, ...(levels?.actions ?? [])]
  const { steps, longestStepMs } = mapping ? MAPPED : { steps: STEPS, longestStepMs: LONGEST_STEP_MS }

  await read()
  await publish()
  await levels?.finish()
  await world.project()
  for (let step = 0; step < steps; step += 1) {
    world.clock.time += random.int(1, longestStepMs)
    await random.pick(actions)()
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
  await levels?.finish()
  await world.project()
  for (let check = 0; mapping && check < LAST_CHECKS; check += 1) {
    world.clock.time += 16 * 60_000
    await read()
    await publish()
    await levels?.finish()
    await world.tick()
    await world.project()
  }
  const shown = await shownBy(shops)
  for (const one of again) await one()
  await world.project({ again: 5 })
  const repeated = (await Promise.all(shops.map(({ poll: next }) => next()))).flat().length
  const expected = String(Math.max(0, STOCK - booked.size))
  return { oversold, sold: sales.length, shown, expected, repeated }
}

/** Changed levels on their way through the mapping. */
function mappedLevels(random: SeededRandom, world: ReturnType<typeof stockWorld>) {
  const held: (() => Promise<void>)[] = []
  let published: number | null = null
  let stoppedUntil = 0
  const map = async (outcome: Parameters<typeof world.map>[0]) => {
    if (world.clock.time < stoppedUntil) return
    const takeUp = await world.map(outcome)
    if (takeUp !== null && outcome !== 'processing') held.push(takeUp)
  }
  const mapSome = () => map(random.pick(['processing', 'processing', 'waiting', 'failed'] as const))
  const takeUp = async () => {
    if (random.chance(0.1)) await held.shift()?.()
  }
  const stop = async () => {
    if (random.chance(0.2)) stoppedUntil = world.clock.time + random.int(1, MAPPED.longestStopMs)
  }
  return {
    async publish(available: number, readAt: number) {
      await world.read(available === published ? null : available, readAt)
      published = available
    },
    actions: [mapSome, mapSome, mapSome, takeUp, stop, world.idle, world.idle, world.tick, world.tick],
    /** Everything that was read is mapped, and the mapping has nothing to do. */
    async finish() {
      stoppedUntil = 0
      while ((await world.map()) !== null);
      for (const one of held.splice(0)) await one()
      await world.project()
      await world.idle()
    },
  }
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
