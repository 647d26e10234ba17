import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readFeed } from '../../demo/http.ts'
import { createRandom, type Random } from '../../simulators/harness/random.ts'
import { DEAD_LETTERS } from '../../src/projections/tables.ts'
import { type Installation, installFiles, RUNNING } from '../worlds/processes-roles.ts'
import { until } from '../worlds/processes-until.ts'
import { putFile, type SftpServer } from '../worlds/sftp-server.ts'
import { shopDocument, shopSecrets, startShop } from '../worlds/vendors-shop.ts'
import { Fleet } from './fleet.ts'

export interface FileCrashPlan {
  readonly seed: number
  readonly orders: number
  readonly skus: number
  /** In each, a process is killed while it writes orders, and one while it reads stock. */
  readonly rounds: number
  /**
   * Whether orders that were under way in a killed process are waited for: a delivery looks at them again after four
   * minutes. If not, they may be missing, but never twice.
   */
  readonly waitsForAll: boolean
}

/** For every `npm test`. */
export const shortFilePlan = (seed: number): FileCrashPlan => ({
  seed,
  orders: 30,
  skus: 300,
  rounds: 1,
  waitsForAll: false,
})

export const longFilePlan = (seed: number, rounds: number): FileCrashPlan => ({
  seed,
  orders: 30 * rounds,
  skus: 3_000,
  rounds,
  waitsForAll: true,
})

export interface FileCrashResult {
  readonly kills: number
  /** Kills that are known to have hit a file that was half read, or orders that were half written. */
  readonly inside: number
  readonly problems: readonly string[]
}

const CONNECTION = 'shop-acme'
const STOCK = 'out/stock'
const ORDERS = 'in/orders'
const LOOK_MS = 10
/** Deliveries side by side: as many orders may be under way in a process that is killed. */
const AT_ONCE = 2
const LONGEST_WAIT_MS = 330_000
/** Rows that change in the last file too: what a killed process had published must not stay. */
const LEVELS = 100_000

/** A vendor with nothing but files on a real SFTP server, who takes each order at once; one process has all roles. */
export async function runFileCrashes(
  services: Readonly<Record<string, string>>,
  server: SftpServer,
  plan: FileCrashPlan,
  log: (line: string) => void,
): Promise<FileCrashResult> {
  const logs = await mkdtemp(join(tmpdir(), 'waldstream-crash-logs-'))
  const closers: (() => unknown)[] = [() => rm(logs, { recursive: true, force: true })]
  try {
    const shop = await startShop(plan)
    closers.push(() => shop.close())
    const installation = await installFiles('file-crash', services, environment(server), {
      'all.yaml': documents(server, shop.url),
    })
    closers.push(() => installation.close())
    const fleet = new Fleet(installation.env, logs)
    closers.push(() => fleet.end())
    const world = { server, installation, fleet, plan, log, random: createRandom(plan.seed, 'files'), shop: shop.url }
    return await strike(world)
  } finally {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close()
  }
}

interface FileWorld {
  readonly server: SftpServer
  readonly installation: Installation
  readonly fleet: Fleet
  readonly plan: FileCrashPlan
  readonly log: (line: string) => void
  readonly random: Random
  /** Address of the shop. */
  readonly shop: string
}

async function strike(world: FileWorld): Promise<FileCrashResult> {
  const { server, fleet, plan, log } = world
  const vendor = new Vendor(server)
  const levels = new StockFiles(world)
  levels.put()
  putFile(server, `${ORDERS}/.none`, '')
  const struck = { kills: 0, inside: 0 }
  const kill = async (name: string, moment: () => Promise<boolean>) => {
    const isInside = await moment()
    await delay(world.random.int(0, 15))
    await fleet.kill('all')
    const hit = isInside && (name === 'orders' || levels.isWaiting())
    struck.kills += 1
    struck.inside += Number(hit)
    log(`${name}: ${hit ? 'hit' : 'beside'}; ${vendor.orders()} orders`)
    await fleet.start('all')
  }
  await fleet.start('all')
  const expected = await expectedOrders(world.shop)
  try {
    for (let round = 0; round < plan.rounds; round += 1) {
      const share = Math.floor((expected.size * (round + 1)) / (plan.rounds + 1))
      await kill('orders', async () => await until(`${share} orders`, () => vendor.orders() >= share))
      const before = await levels.published()
      levels.put()
      await kill('stock', async () => await until('some stock', async () => (await levels.published()) > before))
    }
    levels.put()
    const { api } = JSON.parse(await fleet.member('all').line(RUNNING)) as { readonly api: string }
    const underWay = plan.waitsForAll ? 0 : AT_ONCE * struck.kills
    const all = expected.size - underWay
    const progress = () => vendor.orders()
    const began = performance.now()
    await until(`${all} orders`, () => vendor.orders() >= all, { withinMs: LONGEST_WAIT_MS, progress })
    log(`${vendor.orders()} of ${expected.size} orders after ${Math.round(performance.now() - began)} ms`)
    await until('the newest stock', async () => (await levels.problems(api)).length === 0)
    await until('the newest file is put away', () => !levels.isWaiting())
    log(`the newest stock after ${Math.round(performance.now() - began)} ms`)
    const problems = [
      ...vendor.problems(expected, underWay),
      ...(await levels.problems(api)),
      ...(await deadLetters(world)),
      ...fleet.surprises,
    ]
    return { ...struck, problems }
  } catch (error) {
    throw new Error(fleet.outputs(), { cause: error })
  } finally {
    await vendor.close()
  }
}

async function deadLetters({ installation }: FileWorld): Promise<readonly string[]> {
  const rows = await Array.fromAsync(installation.platform.tables.scan(DEAD_LETTERS))
  return rows.flat().map((row) => `dead letter: ${row['key']}: ${row['message']}`)
}

/** Takes each order away as soon as it sees it. */
class Vendor {
  readonly #folder: string
  readonly #taken = new Map<string, string[]>()
  readonly #ending = new AbortController()
  readonly #ended: Promise<void>

  constructor({ folder }: SftpServer) {
    this.#folder = join(folder, ORDERS)
    this.#ended = this.#fetch()
  }

  orders(): number {
    return this.#taken.size
  }

  /** `underWay`: orders that a killed process may have been at. */
  problems(expected: ReadonlySet<string>, underWay: number): readonly string[] {
    const nameOf = (reference: string) => `PO-${reference}.csv`
    const names = new Set([...expected].map(nameOf))
    const lost = [...names].filter((name) => !this.#taken.has(name))
    return [
      ...(lost.length > underWay ? [`lost: ${lost.join(', ')}`] : []),
      ...[...this.#taken].flatMap(([name, files]) => [
        ...(names.has(name) ? [] : [`${name} is no order`]),
        ...(files.length > 1 ? [`${name} was sent ${files.length} times`] : []),
        ...files.filter((text) => !isWhole(text, name)).map((text) => `${name} is not whole: ${JSON.stringify(text)}`),
      ]),
    ]
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await this.#ended
  }

  async #fetch(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      for (const name of visibleIn(this.#folder)) {
        const path = join(this.#folder, name)
        this.#taken.set(name, [...(this.#taken.get(name) ?? []), readFileSync(path, 'utf8')])
        rmSync(path)
      }
      await delay(LOOK_MS)
    }
  }
}

function isWhole(text: string, name: string): boolean {
  const [head, ...lines] = text.split('\r\n')
  const rows = lines.slice(0, -1)
  const areOwn = rows.every((row) => name === `PO-${row.split(',')[0]}.csv` && row.split(',').length >= 3)
  return head === 'PO Number,Item,Qty' && rows.length > 0 && lines.at(-1) === '' && areOwn
}

function visibleIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.csv') && !name.startsWith('.'))
  } catch {
    return []
  }
}

/** The vendor's stock: each file has another level for each SKU. */
class StockFiles {
  readonly #world: FileWorld
  #count = 0
  #name = ''

  constructor(world: FileWorld) {
    this.#world = world
  }

  put(): void {
    this.#count += 1
    const rows = Array.from(
      { length: this.#world.plan.skus },
      (_, index) => `${this.#sku(index)},${this.#level(index)}\n`,
    )
    this.#name = `stock-202611${String(this.#count).padStart(2, '0')}.csv`
    putFile(this.#world.server, `${STOCK}/${this.#name}`, `sku,quantity\n${rows.join('')}`)
  }

  /** Whether the newest file has not been put away. */
  isWaiting(): boolean {
    return visibleIn(join(this.#world.server.folder, STOCK)).includes(this.#name)
  }

  /** Records of stock that there are. */
  async published(): Promise<bigint> {
    const { admin, config } = this.#world.installation.platform
    const ends = await admin.ends(`${config.topicPrefix}inventory`)
    return ends.reduce((sum, { end }) => sum + end, 0n)
  }

  async problems(api: string): Promise<readonly string[]> {
    const rows = await readFeed<{ readonly sku: string; readonly data: { readonly total: string } | null }>(
      api,
      'inventory',
      CONNECTION,
    )
    const shown = new Map(rows.map(({ sku, data }) => [sku, data?.total]))
    return Array.from({ length: this.#world.plan.skus }, (_, index) => index)
      .filter((index) => shown.get(this.#sku(index)) !== this.#level(index))
      .map(
        (index) => `${this.#sku(index)}: the feed has ${shown.get(this.#sku(index))}, the vendor ${this.#level(index)}`,
      )
  }

  #sku(index: number): string {
    return `WLD-S${String(index).padStart(6, '0')}`
  }

  #level(index: number): string {
    return String(this.#count * LEVELS + index)
  }
}

interface Item {
  readonly sku: string
  readonly product_type: string
}

/** References of the orders that the vendor has to get. */
async function expectedOrders(shop: string): Promise<ReadonlySet<string>> {
  const { orders } = (await (await fetch(`${shop}/_sim/state`)).json()) as {
    readonly orders: readonly {
      readonly increment_id: string
      readonly state: string
      readonly items: readonly Item[]
    }[]
  }
  const isVendors = ({ sku, product_type }: Item) => sku.startsWith('WLD-') && product_type !== 'bundle'
  const own = orders.filter(({ state, items }) => state === 'processing' && items.some(isVendors))
  return new Set(own.map(({ increment_id }) => `${CONNECTION}-${increment_id}`))
}

function environment({ username, key }: SftpServer): Readonly<Record<string, string>> {
  return {
    ...shopSecrets,
    ACME_USER: username,
    ACME_KEY: key,
    API_PORT: '0',
    METRICS_PORT: '0',
    FEED_SETTLE_MS: '200',
    // Deliveries are side by side in each partition: few are to be under way in a process that is killed.
    TOPIC_PARTITIONS: '1',
    // The shortest that brokers allow, so that a dead member's partitions move on soon.
    KAFKA_SESSION_TIMEOUT_MS: '6000',
    RUN_LEASE_MS: '4000',
  }
}

const documents = ({ host, port, folder, hostKey }: SftpServer, shop: string) => `
${shopDocument(shop)}---
kind: system
id: acme
type: files
address: sftp://${host}:${port}${folder}
secrets: { username: env:ACME_USER, key: env:ACME_KEY }
settings:
  hostKey: ${hostKey}
  inventory.folder: ${STOCK}
  inventory.files: stock-{yyyy}{MM}{dd}.csv
  inventory.complete: rename
  inventory.after: move
  orders.folder: ${ORDERS}
  orders.file: PO-{reference}.csv
  orders.columns: [PO Number=reference, Item=sku, Qty=quantity]
reads: [{ entity: inventory, schedule: "*/2 * * * * *" }]
---
kind: connection
id: ${CONNECTION}
shop: shop
vendor: acme
reads: [shop.orders.all, acme.inventory.all]
ownership: { skuPattern: "^WLD-" }
`
