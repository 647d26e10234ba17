import { StreamError } from '../../src/errors.ts'
import type { SentWrite } from '../memory/resent-writes.ts'
import type { Scheduler } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'

export type Port = 'log' | 'tables' | 'erp' | 'source'

/** A process, as the network knows it. */
export interface Sender {
  readonly name: string
  after(ms: number, call: () => void): () => void
}

/** How often, of a thousand requests, what goes wrong. */
export interface Trouble {
  /** Lost on the way there. */
  readonly before: number
  /** Done, but the answer is lost. */
  readonly after: number
  /** Given up by who sent it, done later. */
  readonly late: number
  /**
   * Done, its answer lost, and sent again a little later by the client itself, with whatever others wrote in between;
   * the answer is the second one's.
   */
  readonly twice: number
  /** Takes long. */
  readonly slow: number
}

export const NO_TROUBLE: Trouble = { before: 0, after: 0, late: 0, twice: 0, slow: 0 }

/** How long a request that was given up may still be under way. */
export const LATEST_MS: Readonly<Record<Port, number>> = { log: 8_000, tables: 5_000, erp: 20_000, source: 0 }

/** Requests that change something at the other side, and may arrive late or twice. */
const CHANGING = /^(send|put|update|delete|upsert)/
const REPEATED = /^(put|update|delete)/
/** Until a client sends a request again whose answer was lost. */
const AGAIN_MS = 3_000

type Effect<T> = () => T | Promise<T>

interface Sending {
  readonly from: Sender
  /** Where it is held while its sender stands still. */
  held: (() => void) | null
  dropped: boolean
  frozen: boolean
}

type Fault = 'none' | 'before' | 'after' | 'late' | 'twice'

/** Takes requests to the broker, the tables, the ERP and the source, and loses, delays and repeats some. */
export class Network {
  /** What goes wrong now. */
  trouble: Readonly<Record<Port, Trouble>> = {
    log: NO_TROUBLE,
    tables: NO_TROUBLE,
    erp: NO_TROUBLE,
    source: NO_TROUBLE,
  }
  /** Told of each request that changes something, when it is sent. */
  onChange: (from: Sender) => void = () => undefined
  readonly #scheduler: Scheduler
  readonly #random: SeededRandom
  readonly #underWay = new Set<Sending>()

  constructor(scheduler: Scheduler, random: SeededRandom) {
    this.#scheduler = scheduler
    this.#random = random
  }

  request<T>(from: Sender, port: Port, what: string, effect: Effect<T> | SentWrite<T>): Promise<T> {
    const { send, sendAgain } = typeof effect === 'function' ? { send: effect, sendAgain: effect } : effect
    const fault = this.#fault(port, what)
    if (CHANGING.test(what)) this.onChange(from)
    return new Promise<T>((resolve, reject) => {
      const settle = (call: () => void) => void from.after(this.#takes(port), call)
      const arrive = async (): Promise<void> => {
        this.#scheduler.trace.note(this.#scheduler.now, from.name, fault === 'none' ? what : `${what} (${fault})`)
        if (fault === 'before') return settle(() => reject(lost(port, what, 'before')))
        if (fault === 'twice') {
          await Promise.resolve(send()).catch(() => undefined)
          await this.#untilSentAgain(from)
          this.#scheduler.trace.note(this.#scheduler.now, from.name, `${what} (again)`)
        }
        try {
          const value = await (fault === 'twice' ? sendAgain() : send())
          settle(fault === 'after' ? () => reject(lost(port, what, 'after')) : () => resolve(value))
        } catch (error) {
          settle(() => reject(error))
        }
      }
      if (fault === 'late') from.after(this.#random.int(200, 2_000), () => reject(lost(port, what, 'after')))
      const takes = fault === 'late' ? this.#random.int(1_000, LATEST_MS[port]) : this.#takes(port)
      this.#send(from, takes, () => void arrive())
    })
  }

  senderDied(from: Sender): void {
    for (const sending of this.#of(from)) sending.dropped ||= sending.frozen || this.#random.chance(0.5)
  }

  senderFroze(from: Sender): void {
    for (const sending of this.#of(from)) sending.frozen = this.#random.chance(0.5)
  }

  senderGoesOn(from: Sender): void {
    for (const sending of this.#of(from)) {
      sending.frozen = false
      const { held } = sending
      sending.held = null
      if (held !== null) this.#scheduler.after(this.#random.int(1, 20), held)
    }
  }

  #of(from: Sender): readonly Sending[] {
    return [...this.#underWay].filter((sending) => sending.from === from)
  }

  #send(from: Sender, takes: number, arrive: () => void): void {
    const sending: Sending = { from, held: null, dropped: false, frozen: false }
    this.#underWay.add(sending)
    const go = () => {
      if (sending.frozen) {
        sending.held = go
        return
      }
      this.#underWay.delete(sending)
      if (!sending.dropped) arrive()
    }
    this.#scheduler.after(takes, go)
  }

  /** Never, if the sender ends before. */
  #untilSentAgain(from: Sender): Promise<void> {
    return new Promise((resolve) => void from.after(this.#random.int(1, AGAIN_MS), resolve))
  }

  #fault(port: Port, what: string): Fault {
    const { before, after, late, twice } = this.trouble[port]
    const drawn = this.#random.next() * 1000
    if (drawn < before) return 'before'
    if (drawn < before + after) return 'after'
    if (drawn < before + after + late) return CHANGING.test(what) && LATEST_MS[port] > 0 ? 'late' : 'before'
    if (drawn < before + after + late + twice) return port === 'tables' && REPEATED.test(what) ? 'twice' : 'none'
    return 'none'
  }

  #takes(port: Port): number {
    const slow = this.#random.chance(this.trouble[port].slow / 1000)
    return slow ? this.#random.int(100, 4_000) : this.#random.int(1, 15)
  }
}

function lost(port: Port, what: string, when: 'before' | 'after'): StreamError {
  const message = `${what}: ${when === 'before' ? 'it was not reached' : 'its answer was lost'}`
  if (port === 'log') return new StreamError('broker_unavailable', message)
  if (port === 'tables') return new StreamError('table_unavailable', message)
  if (when === 'after') return new StreamError('timed_out', message)
  return new StreamError('target_unavailable', message)
}
