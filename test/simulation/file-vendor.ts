import { dispatch } from '../../src/control/dispatch.ts'
import { endLease, moveCutDate, readControl, takeLease } from '../../src/control/read-control.ts'
import { changeHeldRun, changeRun, getRun } from '../../src/control/runs.ts'
import { controlTables } from '../../src/control/tables.ts'
import { toStreamError } from '../../src/errors.ts'
import type { InventoryChanged } from '../../src/events/generated/events.ts'
import { isoTime } from '../../src/events/times.ts'
import { createStatusReporter } from '../../src/platform/runtime/status-reporter.ts'
import { createReaderNotes } from '../../src/producers/reader-notes.ts'
import { runSource } from '../../src/producers/run-source.ts'
import type { FilesClient } from '../../src/systems/files/client.ts'
import type { Visit } from '../../src/systems/files/place.ts'
import { readFiles } from '../../src/systems/files/read-files.ts'
import { settings as declared, ordersOf } from '../../src/systems/files/settings.ts'
import { stockReading } from '../../src/systems/files/system.ts'
import { writeFileOrders } from '../../src/systems/files/write-orders.ts'
import type { ReaderNotes } from '../../src/systems/kit/reader-notes.ts'
import { memoryCodec } from '../memory/codec.ts'
import { MemoryFiles, memoryVisit } from '../memory/file-place.ts'
import { memoryProducer } from '../memory/producer.ts'
import { memoryTables } from '../memory/tables.ts'
import { placeClient } from '../worlds/place-client.ts'
import { valuesOf } from '../worlds/settings.ts'
import { readOf } from '../worlds/sources.ts'
import { silentLogger } from '../worlds/stage-context.ts'
import { FileOrders } from './file-orders.ts'
import { type Dangers, MortalProcess, NO_DANGERS, type Turns } from './mortal-process.ts'
import { START } from './scheduler.ts'
import { SeededRandom } from './seeded-random.ts'
import { STOCK_FOLDER, StockUploads, type UploadHabits } from './stock-uploads.ts'

/** A way to take a guard out of the program. */
export interface FileGuard {
  readonly settings?: Readonly<Record<string, unknown>>
  readonly visit?: (visit: Visit) => Visit
  readonly notes?: (notes: ReaderNotes) => ReaderNotes
}

export interface FileVendorResult {
  readonly seed: number
  readonly problems: readonly string[]
  /** What happened, to show that the worlds are wild enough. */
  readonly kills: number
  readonly published: number
  readonly refusedFiles: number
  readonly orders: number
  /** Of all that was published and sent: equal for every run of the seed. */
  readonly trace: string
}

const READ = readOf('vendor', 'inventory', 4)
const TURNS = 24
const LEASE_MS = 30_000
const DAY_MS = 86_400_000
/** Runs of the read without dangers at the end: the first may finish what a killed one left. */
const LAST_RUNS = 4

/**
 * A vendor whose stock and orders are files, on a server in memory. Reader, publisher, notes, cut date and sink are those
 * of production; processes that run them end at any request, and the vendor acts between any two.
 */
export async function runFileVendor(seed: number, guard: FileGuard = {}): Promise<FileVendorResult> {
  const { random } = Math
  // Waits before a retry are random.
  const waits = new SeededRandom(seed, 1)
  Math.random = () => waits.next()
  try {
    return await new FileVendor(seed, guard).run()
  } finally {
    Math.random = random
  }
}

class FileVendor implements Turns {
  now = START
  readonly random: SeededRandom
  readonly #seed: number
  readonly #guard: FileGuard
  readonly #tables = memoryTables(controlTables)
  readonly #producer = memoryProducer()
  readonly #codec = memoryCodec()
  readonly #files = new MemoryFiles(() => this.now)
  readonly #habits: UploadHabits & { readonly after: string; readonly lags: boolean; readonly movesInOneStep: boolean }
  readonly #values: ReturnType<typeof valuesOf<typeof declared>>
  readonly #uploads: StockUploads
  readonly #orders: FileOrders
  #requests = 0
  #kills = 0
  #isBusy = false
  #lastError = ''

  constructor(seed: number, guard: FileGuard) {
    this.#seed = seed
    this.#guard = guard
    this.random = new SeededRandom(seed)
    const movesInOneStep = this.random.chance(0.7)
    const names = this.random.pick(['dated', 'counted', 'fixed'] as const)
    this.#habits = {
      names,
      complete: this.random.pick(['stable', 'marker', 'rename'] as const),
      after: this.random.pick(['keep', 'move', 'delete']),
      lags: this.random.chance(0.3),
      movesInOneStep,
    }
    this.#values = valuesOf(declared, {
      'inventory.folder': STOCK_FOLDER,
      'inventory.files': names === 'dated' ? 'stock-{yyyy}{MM}{dd}-{HH}{mm}{ss}.csv' : 'stock*.csv',
      'inventory.complete': this.#habits.complete,
      'inventory.after': this.#habits.after,
      ...guard.settings,
    })
    this.#uploads = new StockUploads(this.#files, this, this.#habits)
    this.#orders = new FileOrders(this.#files, this, ordersOf(this.#values))
  }

  /** The vendor, its server and the shop go on. */
  between(): void {
    if (!this.#isBusy) return
    if (this.random.chance(0.2)) this.#uploads.act()
    if (this.random.chance(0.3)) this.#orders.act()
    if (this.#habits.lags && this.random.chance(0.2)) this.#files.freezeListings(this.random.chance(0.5))
  }

  async run(): Promise<FileVendorResult> {
    this.#uploads.uploadWhole()
    await this.#read(NO_DANGERS)
    this.#isBusy = true
    const dangers = { killed: this.random.int(0, 30), lost: this.random.int(0, 20) }
    for (let turn = 0; turn < TURNS; turn += 1) {
      this.now += this.random.int(0, 20_000)
      this.between()
      if (this.random.chance(0.5)) await this.#read(dangers)
      else await this.#deliver(dangers)
    }
    this.#isBusy = false
    this.#files.freezeListings(false)
    this.#uploads.finish()
    for (let run = 0; run < LAST_RUNS; run += 1) {
      this.now += DAY_MS
      await this.#read(NO_DANGERS)
    }
    // A delivery that is delivered again changes nothing.
    for (let round = 0; round < 8; round += 1) await this.#deliver(NO_DANGERS)
    const events = await this.#events()
    const problems = [
      ...this.#stockProblems(events),
      ...(await this.#unreported()),
      ...this.#orders.problems(this.#habits.movesInOneStep),
    ]
    return {
      seed: this.#seed,
      problems,
      kills: this.#kills,
      published: events.length,
      refusedFiles: this.#uploads.refused().length,
      orders: this.#orders.orders.length,
      trace: `${this.now} ${events.map(({ eventId, readAt }) => `${eventId}@${readAt}`).join(' ')}`,
    }
  }

  #clientOf(process: MortalProcess): FilesClient {
    const visit = memoryVisit(this.#files, process.asks('timed_out'), this.#habits.movesInOneStep)
    const guarded = this.#guard.visit?.(visit) ?? visit
    return placeClient(async (work) => await work(guarded))
  }

  async #deliver(dangers: Dangers): Promise<void> {
    const process = new MortalProcess(this, dangers)
    const sink = writeFileOrders(this.#clientOf(process), ordersOf(this.#values))
    for (const order of this.#orders.waiting()) {
      await this.#orders.deliver(order, sink, () => !process.isDead)
      if (process.isDead) break
    }
    this.#kills += Number(process.isDead)
  }

  /** One run of the read, or what a killed one has left of it, as a worker does it. */
  async #read(dangers: Dangers): Promise<void> {
    const process = new MortalProcess(this, dangers)
    const tables = process.tables(this.#tables)
    const control = await readControl(this.#tables, READ.id)
    if (control.current === null && control.due === null) await this.#request()
    try {
      await this.#doRun(process, tables)
    } catch (error) {
      // Before a run is begun there is nothing to note.
      if (!process.isDead && toStreamError(error).policy !== 'stop') throw error
    }
    this.#kills += Number(process.isDead)
    this.now += LEASE_MS
  }

  async #request(): Promise<void> {
    this.#requests += 1
    const request = { requestId: `r${this.#requests}`, read: READ.id, trigger: 'schedule', requestedAt: this.#requests }
    await dispatch(this.#tables, { ...request, from: null, requestedBy: null, reason: null, queueUrl: null })
  }

  async #doRun(process: MortalProcess, tables: ReturnType<MortalProcess['tables']>): Promise<void> {
    const { clock } = process
    const worker = { id: 'worker', now: this.now, leaseMs: LEASE_MS }
    const lease = await takeLease(tables, await readControl(tables, READ.id), worker)
    if (lease === undefined) return
    const run = await getRun(tables, lease.run)
    if (run === undefined) throw new Error(`there is no run ${lease.run}`)
    const held = { id: run.id, fence: lease.fence }
    const producer = process.producer(this.#producer)
    const common = { codec: this.#codec, producer, topicPrefix: '', clock }
    const deps = { ...common, tables, logger: silentLogger, reporter: createStatusReporter(common) }
    const notes = createReaderNotes(tables)
    const reader = readFiles(stockReading(this.#values), {
      client: this.#clientOf(process),
      read: READ,
      clock,
      notes: this.#guard.notes?.(notes) ?? notes,
    })
    const window = { from: lease.cutDate === null ? null : Date.parse(lease.cutDate), to: this.now, again: false }
    try {
      await changeHeldRun(tables, held, { state: 'running', started_at: isoTime(this.now) })
      const job = { run, read: READ, window, fence: lease.fence, signal: new AbortController().signal }
      const result = await runSource(deps, { ...job, reader })
      await moveCutDate(tables, lease, new Date(window.to).toISOString(), this.now)
      await changeRun(tables, held, { set: { ...result, ended_at: isoTime(this.now) } })
      this.#lastError = ''
      await endLease(tables, lease)
    } catch (error) {
      const { policy, code, message } = toStreamError(error)
      if (process.isDead || policy === 'stop') throw error
      this.#lastError = message
      await changeRun(tables, held, { set: { state: 'failed', ended_at: isoTime(this.now), error: { code, message } } })
      await endLease(tables, lease)
    }
  }

  async #events(): Promise<readonly InventoryChanged[]> {
    const own = this.#producer.sent.filter(({ topic }) => topic === 'inventory')
    return await Promise.all(own.map(({ value }) => this.#codec.decode('inventory', value)))
  }

  /** Guarantees 2 and 4: only levels that the vendor had, none after a newer one, and at the end the newest. */
  #stockProblems(events: readonly InventoryChanged[]): readonly string[] {
    const problems: string[] = []
    const newest = this.#uploads.newest()
    for (const [sku, levels] of this.#uploads.history) {
      const published = events.filter(({ key }) => key === sku).map(({ data }) => levelOf(data))
      const places = published.map((level) => levels.indexOf(level))
      if (places.includes(-1))
        problems.push(`${sku}: ${published[places.indexOf(-1)]} was published, which it never had`)
      if (places.some((place, index) => place < (places[index - 1] ?? 0)))
        problems.push(`${sku}: an older level was published after a newer one (${published.join(', ')})`)
      if (published.at(-1) !== newest.get(sku))
        problems.push(`${sku}: ${published.at(-1)} was published last, but the newest file has ${newest.get(sku)}`)
    }
    return problems
  }

  /** Guarantee 2: each file that was not taken is named by the last run, or is a dead letter. */
  async #unreported(): Promise<readonly string[]> {
    const sent = this.#producer.sent.filter(({ topic }) => topic === 'dead-letters')
    const letters = await Promise.all(sent.map(({ value }) => this.#codec.decode('dead-letters', value)))
    const told = new Set(letters.map(({ key }) => key))
    const unreported = this.#uploads.refused().filter((name) => !told.has(name) && !this.#lastError.includes(name))
    return unreported.map((name) => `${name} was refused, and nobody was told: ${this.#lastError}`)
  }
}

function levelOf({ locations }: InventoryChanged['data']): number {
  return Number((locations[0]?.available ?? 0n) / 100_000_000n)
}
