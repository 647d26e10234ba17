import pino, { type Logger } from 'pino'
import { tableDefinitions } from '../../src/operations/table-definitions.ts'
import type { EventCodec } from '../../src/platform/codec.ts'
import type { Tables } from '../../src/platform/dynamodb/tables.ts'
import type { EventLog } from '../../src/platform/kafka/event-log.ts'
import { allTopics } from '../../src/platform/kafka/topic-definitions.ts'
import { createPersonKeys } from '../../src/platform/persons/person-keys.ts'
import { retentionOfAll } from '../../src/platform/persons/retention.ts'
import { sealingCodec } from '../../src/platform/persons/sealing-codec.ts'
import { MemoryBroker } from '../memory/broker.ts'
import { memoryCodec } from '../memory/codec.ts'
import { memoryEventLog } from '../memory/log.ts'
import { memoryNetSuite } from '../memory/netsuite.ts'
import { memoryTables } from '../memory/tables.ts'
import { configuration, ERP } from './configuration.ts'
import type { Guard } from './guards.ts'
import { Network } from './network.ts'
import { OnOrder } from './on-order.ts'
import type { Plan } from './plan.ts'
import { Scheduler } from './scheduler.ts'
import { SeededRandom } from './seeded-random.ts'
import { simNetSuite, simTables } from './sim-ports.ts'
import { SimProcess } from './sim-process.ts'
import { SimShop } from './sim-shop.ts'
import { SimSource } from './sim-source.ts'
import { StandingOrders } from './standing-orders.ts'
import type { Trace } from './trace.ts'
import { watchTables } from './watch-tables.ts'

/** In the proportions of production, in a third of the time: the more can happen around their ends. */
const SESSION_MS = 10_000
const FRESH_MS = 6_600
const REBALANCE_MS = 20_000
const HEARTBEAT_MS = 2_000
const AGAIN_MS = 250
export const LEASE_MS = 10_000
/** How far a leader's clock may lie behind the former leader's. */
const STAMP_BACK_MS = 300

/** Everything that outlives processes: the broker, the tables, the ERP and the sources, under one scheduler. */
export class World {
  readonly plan: Plan
  readonly scheduler: Scheduler
  readonly network: Network
  readonly broker: MemoryBroker
  /** As they are, without a process in between. */
  readonly tables: Tables
  readonly erp = memoryNetSuite()
  /** What the vendor had on order at each time. */
  readonly onOrder = new OnOrder(this.erp, () => this.now)
  /** What operators were promised of orders. */
  readonly standing = new StandingOrders(this)
  /** Where people do something with orders; what they are then is in `orders`. */
  readonly shop: SimShop
  readonly orders = new SimSource('orders')
  readonly stock = new SimSource('inventory')
  /** Reads what every process wrote. */
  readonly codec: EventCodec
  readonly logger: Logger
  /** Guarantees that were found broken, each with what is wrong. */
  readonly violations: string[] = []
  readonly guard: Guard | null
  readonly #random: SeededRandom
  #names = 0

  constructor(plan: Plan, options: { readonly trace?: Trace; readonly guard?: Guard | null } = {}) {
    this.plan = plan
    this.guard = options.guard ?? null
    this.shop = new SimShop(new SeededRandom(plan.seed, 11))
    this.scheduler = new Scheduler(plan.seed, options.trace)
    this.#random = new SeededRandom(plan.seed, 3)
    this.network = new Network(this.scheduler, new SeededRandom(plan.seed, 4))
    const { scheduler } = this
    const time = { now: () => scheduler.now, after: (ms: number, call: () => void) => scheduler.after(ms, call) }
    const stamp = () => scheduler.now - (this.#random.chance(0.1) ? this.#random.int(0, STAMP_BACK_MS) : 0)
    this.broker = new MemoryBroker({ time, stamp, sessionMs: SESSION_MS, rebalanceMs: REBALANCE_MS })
    const { partitions } = plan
    this.broker.createTopics(
      allTopics({ prefix: '', partitions, replication: 1, targets: [{ system: ERP, kinds: ['vendor-orders'] }] }),
    )
    this.tables = watchTables(this, memoryTables(tableDefinitions))
    this.codec = this.#sealing(this.tables, { now: () => scheduler.now }, new SeededRandom(plan.seed, 5))
    this.logger = options.trace === undefined ? pino({ level: 'silent' }) : this.#traceLogger()
  }

  get now(): number {
    return this.scheduler.now
  }

  /** Says that a guarantee is broken. */
  broken(guarantee: number, what: string): void {
    this.violations.push(`guarantee ${guarantee}: ${what}`)
  }

  process(kind: string): SimProcess {
    this.#names += 1
    return new SimProcess(`${kind}-${this.#names}`, this.scheduler, this.network)
  }

  /** What a process reaches, and how; what `guard` takes out of the program is missing. */
  portsOf(process: SimProcess, guard: Guard | null = null) {
    const { logger } = this
    const random = new SeededRandom(this.plan.seed, 100 + this.#names)
    const batchSize = () => random.int(1, this.plan.batchSize)
    const times = { freshMs: FRESH_MS, heartbeatMs: HEARTBEAT_MS, againMs: AGAIN_MS, batchSize }
    const log: EventLog = memoryEventLog(this.broker, process.log, times)
    const tables = simTables(process, this.tables)
    const netsuite = simNetSuite(process, this.standing.watch(this.onOrder.watch(this.erp.client)))
    const codec = this.#sealing(tables, process.clock, new SeededRandom(this.plan.seed, 1_000 + this.#names))
    return {
      log: guard?.log?.(log) ?? log,
      tables: guard?.tables?.(tables) ?? tables,
      netsuite: guard?.netsuite?.(netsuite) ?? netsuite,
      clock: process.clock,
      random: () => random.next(),
      configuration: () => configuration,
      topicPrefix: '',
      codec,
      logger,
    }
  }

  /** Each process has keys of persons at hand for itself. */
  #sealing(tables: Tables, clock: { now(): number }, random: SeededRandom): EventCodec {
    const randomBytes = (count: number) => Buffer.from(Array.from({ length: count }, () => random.int(0, 255)))
    const keys = createPersonKeys({ tables, clock, randomBytes, retention: retentionOfAll(null) })
    return sealingCodec(memoryCodec(), { keys, randomBytes, seals: true })
  }

  #traceLogger(): Logger {
    const { scheduler } = this
    const write = (line: string) => {
      const { level: _l, time: _t, pid: _p, hostname: _h, msg, err, ...fields } = JSON.parse(line)
      const cause = err === undefined ? '' : ` ${err.code ?? err.type}: ${err.message}`
      scheduler.trace.say(scheduler.now, 'log:', `${msg} ${JSON.stringify(fields)}${cause}`)
    }
    return pino({ level: 'debug', timestamp: false }, { write })
  }
}
