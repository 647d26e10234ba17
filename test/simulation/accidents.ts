import { NO_TROUBLE, type Port, type Sender, type Trouble } from './network.ts'
import type { Accident } from './plan.ts'
import { SeededRandom } from './seeded-random.ts'
import type { SimProcess } from './sim-process.ts'
import { type RunningWorker, startWorker } from './worker.ts'
import type { World } from './world.ts'

const WORKERS = 2
const CALM = { log: NO_TROUBLE, tables: NO_TROUBLE, erp: NO_TROUBLE, source: NO_TROUBLE }

interface Slot {
  process: SimProcess
  running: RunningWorker | undefined
}

/** Keeps two workers running, as a service manager does, and has things happen to them. */
export class Accidents {
  readonly #world: World
  readonly #random: SeededRandom
  readonly #slots: Slot[] = []
  #over = false

  constructor(world: World) {
    this.#world = world
    this.#random = new SeededRandom(world.plan.seed, 5)
  }

  begin(): void {
    const { network, plan } = this.#world
    network.trouble = plan.trouble
    for (let slot = 0; slot < WORKERS; slot += 1) this.#slots.push(this.#start())
    if (plan.accidents.length > 0) this.#next()
    network.onChange = (process) => this.#sent(process)
  }

  /** From now on nothing goes wrong any more, and everybody works. */
  end(): void {
    this.#over = true
    this.#world.network.trouble = CALM
    for (const { process } of this.#slots) process.thaw()
  }

  /** Nothing reaches the vendor's system, until it is back. */
  vendorIsDown(isDown: boolean): void {
    this.#world.network.trouble = isDown ? { ...CALM, erp: { ...NO_TROUBLE, before: 1000 } } : CALM
  }

  #start(): Slot {
    const slot: Slot = { process: this.#world.process('worker'), running: undefined }
    this.#run(slot)
    return slot
  }

  #run(slot: Slot): void {
    const { process } = slot
    startWorker(this.#world, process).then(
      (running) => {
        slot.running = running
        running.runs.catch((error: unknown) => this.#world.broken(5, `the worker of runs ended: ${error}`))
      },
      () => {
        process.kill()
        this.#restart(slot, 1_000, 5_000)
      },
    )
  }

  #restart(slot: Slot, least: number, most: number): void {
    slot.running = undefined
    this.#world.scheduler.after(this.#random.int(least, most), () => {
      slot.process = this.#world.process('worker')
      this.#note(slot.process.name, 'starts')
      this.#run(slot)
    })
  }

  #next(): void {
    const { scheduler, plan } = this.#world
    scheduler.after(this.#random.int(200, 2 * plan.accidentEveryMs), () => {
      if (this.#over) return
      this.#happen(this.#random.pick(plan.accidents))
      this.#next()
    })
  }

  /** Most of what can break lies between a request and its answer. */
  #sent(process: Sender): void {
    const { plan, scheduler } = this.#world
    const slot = this.#slots.find((one) => one.process === process)
    const own = plan.accidents.filter((accident) => accident === 'kill' || accident === 'freeze')
    if (slot === undefined || own.length === 0 || !this.#random.chance(1 / plan.accidentOneIn)) return
    scheduler.after(this.#random.int(0, 25), () => {
      if (!this.#over && slot.process === process) this.#happen(this.#random.pick(own), slot)
    })
  }

  #happen(accident: Accident, slot = this.#random.pick(this.#slots)): void {
    const able = slot.process.alive && !slot.process.frozen
    if (accident === 'storm') this.#storm()
    else if (accident === 'share' || accident === 'expire') this.#disturbGroup(accident)
    else if (able && accident === 'kill') this.#kill(slot)
    else if (able && accident === 'freeze') this.#freeze(slot)
    else if (able && slot.running !== undefined) this.#terminate(slot, slot.running)
  }

  #kill(slot: Slot): void {
    this.#note(slot.process.name, 'is killed')
    slot.process.kill()
    this.#restart(slot, 200, 20_000)
  }

  /** Often for longer than its sessions and leases live. */
  #freeze({ process }: Slot): void {
    this.#note(process.name, 'stands still')
    process.freeze()
    this.#world.scheduler.after(this.#random.int(500, 35_000), () => {
      if (!process.frozen) return
      this.#note(process.name, 'goes on')
      process.thaw()
    })
  }

  #terminate(slot: Slot, running: RunningWorker): void {
    const { process } = slot
    this.#note(process.name, 'is told to end')
    slot.running = undefined
    const ended = () => {
      if (!process.alive) return
      this.#note(process.name, 'has ended')
      process.kill()
      this.#restart(slot, 200, 10_000)
    }
    running.close().then(ended, ended)
  }

  #disturbGroup(accident: 'share' | 'expire'): void {
    const groups = [...this.#world.broker.groups]
    if (groups.length === 0) return
    const [name, group] = this.#random.pick(groups)
    const members = group.settled()
    this.#note('broker', `${accident} ${name}`)
    if (accident === 'share') group.share()
    else if (members.length > 0) group.leave(this.#random.pick(members))
  }

  #storm(): void {
    const { network, plan, scheduler } = this.#world
    const port = this.#random.pick<Port>(['log', 'tables', 'erp', 'source'])
    const rate = this.#random.pick([100, 300, 1000])
    const half = this.#random.chance(0.5)
    const storm: Trouble = {
      ...plan.trouble[port],
      before: half ? rate / 2 : rate,
      after: half ? rate / 2 : 0,
      slow: 300,
    }
    this.#note('network', `storm at ${port}, ${rate} of 1000`)
    network.trouble = { ...network.trouble, [port]: storm }
    scheduler.after(this.#random.int(1_000, 15_000), () => {
      if (!this.#over) network.trouble = { ...network.trouble, [port]: plan.trouble[port] }
    })
  }

  #note(who: string, what: string): void {
    this.#world.scheduler.trace.note(this.#world.now, who, `*** ${what}`)
  }
}
