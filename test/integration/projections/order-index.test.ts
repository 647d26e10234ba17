import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest'
import { type RunningRoles, startRoles } from '../../../src/cli/roles.ts'
import type { Order } from '../../../src/events/generated/events.ts'
import type { ForgetProof } from '../../../src/operations/forget/forget-person.ts'
import { runStage } from '../../../src/platform/runtime/run-stage.ts'
import { publishPage } from '../../../src/producers/publish.ts'
import { orderIndexStage } from '../../../src/projections/order-index.ts'
import { ORDER_INDEX } from '../../../src/projections/tables.ts'
import { lineOf, orderOf } from '../../data/processor-events.ts'
import { startProgram } from '../../worlds/processes.ts'
import { type Installation, install } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'

const PLACED = Date.parse('2026-11-20T08:00:00Z')

let installation: Installation
let roles: RunningRoles
beforeAll(async () => {
  installation = await install('order-index', inject('services'), { API_PORT: '0' })
  roles = await startRoles(installation.platform, ['processor', 'projector', 'api'], { schedules: false })
})
afterAll(async () => {
  await roles?.close()
  await installation?.close()
})

/** As a read publishes it: every second order is Zoe's, written another way. */
async function publish(numbers: readonly number[], more: Partial<Order> = {}): Promise<void> {
  const { platform } = installation
  const origin = { source: 'magento', entity: 'orders', read: 'magento.orders.all', taskId: null } as const
  const entities = numbers.map((n) => {
    const customerEmail = n % 2 === 0 ? 'Zoe@Example.com' : 'ann@example.com'
    const lines = [lineOf('1', 'WLD-1'), lineOf('2', n % 2 === 0 ? 'OWN-EVEN' : 'OWN-ODD')]
    const data = orderOf(lines, { orderNumber: String(n), placedAt: PLACED + n * 1000, customerEmail, ...more })
    return { key: data.orderNumber, occurredAt: PLACED + n, deleted: false, data, raw: null }
  })
  const page = { entities, unreadable: [], rows: [], reached: { changedAt: '', id: '' }, requestedAt: Date.now() }
  await publishPage({ ...platform, topicPrefix: platform.config.topicPrefix }, origin, page)
}

interface Found {
  readonly items: readonly { readonly number: string; readonly parts: readonly { readonly connection: string }[] }[]
  readonly cursor: string | null
}

async function cli(...args: readonly string[]) {
  const env = { ...installation.env, LOG_LEVEL: 'silent' }
  const { exited, printed, output } = await startProgram({ name: 'orders', args: ['src/cli/main.ts', ...args], env })
  const { code } = await exited
  expect(code, output()).toBe(0)
  return JSON.parse(printed())
}

const bySku = async (sku: string, more = ''): Promise<Found> =>
  (await (await fetch(`${roles.api?.url}/v1/orders?sku=${sku}${more}`)).json()) as Found

async function byEmail(email: string): Promise<Found> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ email })
  return (await (await fetch(`${roles.api?.url}/v1/persons/orders`, { method: 'POST', headers, body })).json()) as Found
}

const numbersOf = ({ items }: Found) => items.map(({ number }) => number)

async function rows(): Promise<readonly string[]> {
  const items = (await Array.fromAsync(installation.platform.tables.scan(ORDER_INDEX))).flat()
  return items.map((item) => JSON.stringify(item, Object.keys(item).toSorted())).toSorted()
}

it('orders are found as they come, built again from the topic alone, and not by a person who is forgotten', async () => {
  const { platform } = installation
  await publish(Array.from({ length: 60 }, (_, n) => n))
  const even = Array.from({ length: 30 }, (_, n) => String(58 - 2 * n))
  const last = await until('the index', async () => {
    const found = await bySku('WLD-1', '&limit=100')
    const isWhole = found.items.length === 60 && found.items.every(({ parts }) => parts.length === 1)
    return isWhole && (await rows()).length === 60 * 5 ? found : null
  })
  expect(numbersOf(last)).toEqual(Array.from({ length: 60 }, (_, n) => String(59 - n)))
  expect(numbersOf(await bySku('OWN-EVEN', '&limit=100'))).toEqual(even)
  expect(numbersOf(await byEmail(' zoe@EXAMPLE.com'))).toEqual(even)
  const first = await bySku('OWN-EVEN', '&limit=20')
  const second = await bySku('OWN-EVEN', `&limit=20&cursor=${first.cursor}`)
  expect([...numbersOf(first), ...numbersOf(second)]).toEqual(even)
  expect(numbersOf(await cli('orders', '--email', 'zoe@example.com', '--limit', '2', '--json'))).toEqual(['58', '56'])
  expect(numbersOf(await cli('orders', '--sku', 'OWN-ODD', '--limit', '1', '--json'))).toEqual(['59'])

  // What is in the topic is all that the index is made of: another group, from the beginning, makes the same rows.
  const before = await rows()
  expect(before.join()).not.toMatch(/@|zoe/i)
  const ofShop = (await Array.fromAsync(platform.tables.scan(ORDER_INDEX))).flat()
  for (const { found_by, place } of ofShop.filter((row) => String(row['found_by']).includes('#system#'))) {
    await platform.tables.delete(ORDER_INDEX, { found_by: String(found_by), place: String(place) })
  }
  expect(numbersOf(await bySku('OWN-EVEN'))).toEqual([])
  const again = { ...orderIndexStage(platform), name: `again-${randomUUID()}` }
  const running = await runStage(again, { ...platform, topicPrefix: platform.config.topicPrefix })
  onTestFinished(() => running.close())
  await until('the index that was built again', async () => ((await rows()).length === before.length ? true : null))
  expect(await rows()).toEqual(before)

  const proof: ForgetProof = await cli('forget', 'zoe@example.com', '--confirm', 'zoe@example.com', '--json')
  const inTable = ({ tables }: ForgetProof) => tables.find(({ table }) => table === ORDER_INDEX)
  expect(inTable(proof)).toMatchObject({ before: 60, after: 0 })
  expect(proof.complete).toBe(true)
  expect(numbersOf(await byEmail('zoe@example.com'))).toEqual([])
  expect(numbersOf(await byEmail('ann@example.com'))).toHaveLength(30)
  expect(numbersOf(await bySku('OWN-EVEN'))).toEqual(even)
})
