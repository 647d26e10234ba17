import { createHash } from 'node:crypto'
import type { Platform } from '../src/cli/platform.ts'
import { createSyncRequester } from '../src/control/request-sync.ts'
import { getRun, type Run } from '../src/control/runs.ts'
import type { Configuration } from '../src/core/model.ts'
import { StreamError } from '../src/errors.ts'
import {
  compareImages,
  compareInventory,
  compareProducts,
  type ErpItem,
  type FeedEnds,
  type Row,
  type ShopProduct,
} from './compare-feeds.ts'
import { compareOrders } from './compare-orders.ts'
import { type MagentoOrder, magentoOrders } from './ends/magento.ts'
import { type NetSuiteOrder, netsuiteOrders } from './ends/netsuite.ts'
import { postJson, readFeed, requestJson } from './http.ts'
import type { DemoOptions } from './options.ts'
import type { Progress } from './progress.ts'
import type { SimulatorAddresses } from './simulators.ts'
import { countEntities, type EntityCounts, type TaskAnswer } from './summary.ts'

/** What a run of everything, once, needs to know. */
export interface OnceDeps {
  readonly platform: Platform
  readonly configuration: Configuration
  readonly api: string
  readonly simulators: SimulatorAddresses
  readonly options: DemoOptions
  readonly connection: string
  readonly progress: Progress
}

export interface OnceResult {
  readonly entities: Readonly<Record<string, EntityCounts>>
  /** What is missing or different between the two ends; empty when all is well. */
  readonly differences: readonly string[]
}

/** How long a task may go without any change before it counts as stuck. */
const STUCK_MS = 120_000

/** Runs every read once, waits until all is at its end, lets the shop pull, and compares both ends. */
export async function runOnce(deps: OnceDeps): Promise<OnceResult> {
  await untilSettled(deps)
  const tasks = await requestAll(deps)
  const done = await Promise.all(tasks.map((task) => waitForTask(deps, task)))
  const pulled = await postJson<PullAnswer>(`${deps.simulators.magento.url}/_sim/pull`)
  deps.progress.line('the shop has pulled the feeds')
  const differences = [...failures(done), ...(await compareBothEnds(deps))]
  return { entities: countEntities(done, pulled), differences }
}

/**
 * A window ends before its settle time, in whole seconds: what was changed just before this program began is in it only
 * when the program is that old.
 */
async function untilSettled({ configuration, platform }: OnceDeps): Promise<void> {
  const longest = Math.max(...configuration.systems.flatMap(({ reads }) => reads.map((read) => read.settleSeconds)), 0)
  await platform.clock.sleep(Math.max(0, (longest + 1) * 1000 - performance.now()))
}

/** Rows each feed gave the shop. */
export type PullAnswer = Readonly<
  Record<'products' | 'inventory' | 'images', { readonly cursor: { readonly rows: number } }>
>

async function requestAll(deps: OnceDeps): Promise<readonly string[]> {
  const { platform } = deps
  const requester = createSyncRequester({ ...platform, topicPrefix: platform.config.topicPrefix })
  const requestedAt = platform.clock.now()
  const reads = deps.configuration.systems.flatMap((system) => system.reads)
  return await Promise.all(
    reads.map(({ id }) => {
      const requestId = createHash('sha256').update(`once ${id} ${requestedAt}`).digest('hex')
      return requester.request({ read: id, requestId, trigger: 'start', requestedAt })
    }),
  )
}

/** The run the request became, or was joined to. */
async function runOf(platform: Platform, task: string): Promise<Run | undefined> {
  const run = await getRun(platform.tables, task)
  return run?.merged_into == null ? run : await getRun(platform.tables, run.merged_into)
}

async function waitForTask(deps: OnceDeps, task: string): Promise<TaskAnswer> {
  let last = ''
  let changedAt = deps.platform.clock.now()
  for (;;) {
    const run = await runOf(deps.platform, task)
    const answer =
      run === undefined ? null : await requestJson<TaskAnswer>(`${deps.api}/v1/tasks/${encodeURIComponent(run.id)}`)
    if (answer !== null && answer.state !== 'processing' && answer.state !== 'due') {
      deps.progress.line(`${answer.read}: ${answer.read_count} read, ${answer.published} published, ${answer.state}`)
      return answer
    }
    const now = JSON.stringify(answer)
    if (now !== last) changedAt = deps.platform.clock.now()
    last = now
    if (deps.platform.clock.now() - changedAt > STUCK_MS) {
      throw new StreamError('timed_out', `task ${task} has not moved for ${STUCK_MS / 1000} s: ${now}`)
    }
    await deps.platform.clock.sleep(200)
  }
}

function failures(tasks: readonly TaskAnswer[]): readonly string[] {
  return tasks
    .filter((task) => task.state !== 'completed')
    .map(
      (task) =>
        `${task.read} ended ${task.state}${task.error == null ? '' : `: ${task.error.code}: ${task.error.message}`}`,
    )
}

interface ShopState {
  readonly orders: readonly MagentoOrder[]
  readonly products: readonly ShopProduct[]
  readonly sourceItems: FeedEnds['sourceItems']
}

interface ErpState {
  readonly items: readonly ErpItem[]
  readonly salesOrders: readonly NetSuiteOrder[]
}

async function compareBothEnds(deps: OnceDeps): Promise<readonly string[]> {
  const { api, connection, simulators, options } = deps
  const state = <T>(url: string): Promise<T> => requestJson<T>(`${url}/_sim/state`)
  const shop = await state<ShopState>(simulators.magento.url)
  const erp = await state<ErpState>(simulators.netsuite.url)
  const { rows: imageRows } = await state<{ rows: FeedEnds['imageRows'] }>(simulators.images.url)
  const feed = (name: string) => readFeed<Row>(api, name, connection)
  const feeds = { products: await feed('products'), inventory: await feed('inventory'), images: await feed('images') }
  const ends: FeedEnds = { products: shop.products, sourceItems: shop.sourceItems, items: erp.items, imageRows, feeds }
  const vendor = new RegExp(options.vendorPattern)
  return [
    ...compareOrders({
      ...{ shop: magentoOrders(shop.orders), erp: netsuiteOrders(erp.salesOrders) },
      ...{ connection, vendor, erpName: 'NetSuite' },
    }),
    ...compareProducts(ends, 'netsuite'),
    ...compareInventory(ends, 'netsuite'),
    ...compareImages(ends, 'images', 'magento'),
  ]
}
