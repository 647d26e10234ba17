import { setTimeout as sleep } from 'node:timers/promises'
import { median, medianRatio } from '../median.ts'
import { quantile } from '../quantile.ts'
import type { BenchServers } from '../servers.ts'
import type { Measurements } from '../table/rows.ts'
import { callsOf, slowDown } from './erp-calls.ts'
import { type Installation, openInstallation } from './installation.ts'
import { acceptedOrders, makeOrders, orderDelayMs, runRead } from './orders-through.ts'

export interface OrdersOptions {
  readonly rounds: number
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

const ORDERS_AT_ONCE = 200
const ORDERS_ALONE = 20
const ANSWER_MS = 50
const ORDERS = 'magento.orders.all'
/** A read ends two seconds before now, because a shop may show an order only some time after its date. */
const SETTLED_MS = 3000

/** Orders until NetSuite has them, beside what it could take, and one by one beside what the calls themselves take. */
export async function measureOrders(servers: BenchServers, options: OrdersOptions): Promise<Measurements> {
  const { rounds, log, signal } = options
  let concurrency = 0
  const open = {
    orders: 0,
    schedules: false,
    configure<T extends { readonly systems: readonly { id: string; limits: { concurrency: number } }[] }>(demo: T): T {
      concurrency = demo.systems.find(({ id }) => id === 'netsuite')?.limits.concurrency ?? 0
      return demo
    },
    log,
    signal,
  }
  const installation = await openInstallation(servers, open)
  try {
    await orderDelayMs(installation)
    await slowDown(installation, ANSWER_MS)
    const [rates, ceilings, p99s, floors]: [number[], number[], number[], number[]] = [[], [], [], []]
    for (let round = 1; round <= rounds; round += 1) {
      const { rate, ceiling } = await manyAtOnce(installation, concurrency)
      log(`orders ${round}/${rounds}: ${rate.toFixed(1)} a second; ${ceiling.toFixed(1)} could be`)
      const { p99, floor } = await oneByOne(installation)
      log(`orders ${round}/${rounds}: one alone p99 ${p99.toFixed(0)} ms; its calls take ${floor.toFixed(0)} ms`)
      rates.push(rate)
      ceilings.push(ceiling)
      p99s.push(p99)
      floors.push(floor)
    }
    const row = (ours: readonly number[], theirs: readonly number[]) => {
      return { value: median(ours), theirs: median(theirs), ratio: medianRatio(ours, theirs), rounds }
    }
    return { 'order-throughput': row(rates, ceilings), 'order-p99': row(p99s, floors) }
  } finally {
    await installation.close()
  }
}

/** Orders a second, and how many there would be were NetSuite never without a call of ours that it has to answer. */
async function manyAtOnce(installation: Installation, concurrency: number) {
  const before = await acceptedOrders(installation)
  await makeOrders(installation, ORDERS_AT_ONCE)
  await sleep(SETTLED_MS)
  const since = new Date()
  await runRead(installation, ORDERS)
  const accepted = (await acceptedOrders(installation)) - before
  if (accepted === 0) throw new Error(`NetSuite has none of ${ORDERS_AT_ONCE} new orders: the read did not get them`)
  const calls = await callsOf(installation, 'netsuite', since)
  const first = Math.min(...calls.map(({ at }) => Date.parse(at)))
  const last = Math.max(...calls.map(({ at, ms }) => Date.parse(at) + ms))
  const answering = calls.reduce((sum, { ms }) => sum + ms, 0)
  return { rate: accepted / ((last - first) / 1000), ceiling: (accepted * concurrency) / (answering / 1000) }
}

/** The p99 of single orders, and the median of what the calls of one take, one after the other. */
async function oneByOne(installation: Installation) {
  const delays: number[] = []
  const floors: number[] = []
  for (let order = 0; order < ORDERS_ALONE; order += 1) {
    const since = new Date()
    delays.push(await orderDelayMs(installation))
    const calls = [
      ...(await callsOf(installation, 'netsuite', since)),
      ...(await callsOf(installation, 'magento', since)),
    ]
    floors.push(calls.reduce((sum, { ms }) => sum + ms, 0))
  }
  return { p99: quantile(delays, 0.99), floor: median(floors) }
}
