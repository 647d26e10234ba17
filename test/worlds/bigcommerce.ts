import { pino } from 'pino'
import {
  type BigCommerceOptions,
  type BigCommerceSimulator,
  startBigCommerceSimulator,
} from '../../simulators/bigcommerce/start.ts'
import type { FaultRule } from '../../simulators/harness/faults.ts'
import type { System } from '../../src/configuration/model.ts'
import { dispatch } from '../../src/control/dispatch.ts'
import { readControl, takeLease } from '../../src/control/read-control.ts'
import { getRun } from '../../src/control/runs.ts'
import type { Entity } from '../../src/events/topics.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { createGovernors } from '../../src/platform/governor/governors.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import { runSource } from '../../src/producers/run-source.ts'
import { createBigCommerceClient } from '../../src/systems/bigcommerce/client.ts'
import { clientSettings, settings } from '../../src/systems/bigcommerce/settings.ts'
import { createClients } from '../../src/systems/clients.ts'
import type { AnySourceReader, ReadWindow, SourceReader } from '../../src/systems/kit/source.ts'
import type { Wire } from '../../src/systems/kit/wire.ts'
import { localNetwork } from '../data/loopback.ts'
import { type Bench, bench } from '../unit/producers/support.ts'
import { connectable } from './settings.ts'
import { catalogFile, checkedRead, readOf, systemOf, wallClock } from './sources.ts'

export async function startStore(options: Partial<BigCommerceOptions> = {}): Promise<BigCommerceSimulator> {
  const own = { dataFile: ':memory:', catalogFile, vendorPattern: /^WLD-/, seed: 5, orders: 60, severalAddresses: true }
  // B2B Edition's limit is tested where it is the matter.
  return await startBigCommerceSimulator({ b2bPerMinute: 100_000, ...own, ...options })
}

/** A store with 30 orders, or what the options say, as long as a cell of the matrix lasts. */
export async function inStore(
  options: Partial<BigCommerceOptions>,
  cell: (store: BigCommerceSimulator) => Promise<void>,
): Promise<void> {
  const store = await startStore({ orders: 30, ...options })
  try {
    await cell(store)
  } finally {
    await store.close()
  }
}

/** The store as a configured system, with clients and governors of its own. */
export function connectTo(store: BigCommerceSimulator, more: Partial<System> = {}, clock: Clock = wallClock) {
  const { storeHash, accessToken } = store.credentials
  const values: Record<string, string> = { 'env:TOKEN': accessToken }
  const logger = pino({ level: 'silent' })
  const resolveSecret = (_system: string, name: string) => values[name] ?? ''
  const clients = createClients({
    clock,
    governors: createGovernors(clock),
    network: localNetwork,
    logger,
    resolveSecret,
  })
  const system = systemOf({
    id: 'bc',
    type: 'bigcommerce',
    address: store.url,
    secrets: { accessToken: 'env:TOKEN' },
    limits: { concurrency: 4 },
    ...more,
    settings: { storeHash, b2bAddress: store.b2bUrl, ...more.settings },
  })
  return {
    system,
    clients,
    client: () =>
      createBigCommerceClient(
        clientSettings(connectable(settings, { ...system, secrets: { accessToken: values['env:TOKEN'] ?? '' } })),
        { clock, logger, governors: createGovernors(clock), network: localNetwork },
      ),
    reader: <E extends Entity>(entity: E, pageSize = 50, filter = {}) =>
      createReader(checkedRead(system, entity, pageSize, filter), system, { clock, clients }) as SourceReader<E>,
    /** The token that the system's secret refers to from now on. */
    renewToken(token: string) {
      values['env:TOKEN'] = token
      clients.forget(system)
    },
  }
}

/** A clock that jumps to the end of every wait, and remembers how long each was. */
export function jumpingClock(): Clock & { readonly slept: number[] } {
  let time = Date.now()
  const slept: number[] = []
  return {
    slept,
    now: () => time,
    async sleep(ms) {
      slept.push(ms)
      time += ms
    },
  }
}

/** What a control route answers. */
export async function control<T = unknown>(
  store: { url: string },
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: unknown,
): Promise<T> {
  const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const answer = await fetch(`${store.url}/_sim${path}`, { method, ...init })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

export interface StoreState {
  readonly orders: readonly Wire[]
  readonly shipments: readonly Wire[]
  readonly products: readonly Wire[]
  readonly inventory: readonly Wire[]
  readonly b2bOrders: readonly Wire[]
}

export const stateOf = (store: { url: string }) => control<StoreState>(store, 'GET', '/state')

export const withFaults = (store: { url: string }, ...rules: FaultRule[]) => control(store, 'POST', '/faults', rules)

/** A run of a read as the worker makes it, over memory: what was published, and how it ended. */
export async function runRead<E extends Entity>(reader: SourceReader<E>, window: ReadWindow, deps: Bench = bench()) {
  const read = readOf('bc', reader.entity, 50)
  const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
  const requestId = `r${deps.producer.sent.length}`
  await dispatch(deps.tables, { requestId, read: read.id, trigger: 'api', requestedAt: Date.now(), ...nothing })
  const control = await readControl(deps.tables, read.id)
  const lease = await takeLease(deps.tables, control, { id: 'w', now: Date.now(), leaseMs: 1 })
  const run = lease === undefined ? undefined : await getRun(deps.tables, lease.run)
  if (lease === undefined || run === undefined) throw new Error('no run')
  const signal = new AbortController().signal
  const source = reader as unknown as AnySourceReader
  const result = await runSource(deps, { run, read, reader: source, window, fence: lease.fence, signal })
  return { result, run: await getRun(deps.tables, run.id), events: await deps.appended(reader.entity), deps }
}
