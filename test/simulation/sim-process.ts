import { StreamError } from '../../src/errors.ts'
import type { Clock } from '../../src/platform/clock.ts'
import type { LogHost } from '../memory/consumer.ts'
import type { SentWrite } from '../memory/resent-writes.ts'
import type { Network, Port } from './network.ts'
import type { Scheduler } from './scheduler.ts'

/** A process of the simulated world. What it waits for reaches it only while it lives and is not frozen. */
export class SimProcess {
  readonly name: string
  readonly clock: Clock
  readonly log: LogHost
  #state: 'alive' | 'frozen' | 'dead' = 'alive'
  readonly #held: (() => void)[] = []
  readonly #scheduler: Scheduler
  readonly #network: Network

  constructor(name: string, scheduler: Scheduler, network: Network) {
    this.name = name
    this.#scheduler = scheduler
    this.#network = network
    const now = () => scheduler.now
    this.clock = { now, sleep: (ms, signal) => this.#sleep(ms, signal) }
    this.log = {
      now,
      after: (ms, call) => this.after(ms, call),
      request: (what, effect) => this.request('log', what, effect),
    }
  }

  get alive(): boolean {
    return this.#state !== 'dead'
  }

  get frozen(): boolean {
    return this.#state === 'frozen'
  }

  after(ms: number, call: () => void): () => void {
    return this.#scheduler.after(ms, () => this.#deliver(call))
  }

  request<T>(port: Port, what: string, effect: (() => T | Promise<T>) | SentWrite<T>): Promise<T> {
    return this.#network.request(this, port, what, effect)
  }

  /** Everything in its memory is gone; of what it sent, some arrives. */
  kill(): void {
    this.#state = 'dead'
    this.#held.length = 0
    this.#network.senderDied(this)
  }

  /** Stands still, as by SIGSTOP; of what it was about to send, some goes out when it goes on. */
  freeze(): void {
    if (this.#state !== 'alive') return
    this.#state = 'frozen'
    this.#network.senderFroze(this)
  }

  thaw(): void {
    if (this.#state !== 'frozen') return
    this.#state = 'alive'
    this.#network.senderGoesOn(this)
    // Each in a step of its own, in their order.
    for (const [index, call] of this.#held.splice(0).entries()) this.after(index / 1000, call)
  }

  #deliver(call: () => void): void {
    if (this.#state === 'dead') return
    if (this.#state === 'frozen') this.#held.push(call)
    else call()
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new StreamError('stopping', 'the wait was stopped', { cause: signal?.reason }))
      if (signal?.aborted === true) return ended()
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      const abort = () => {
        cancel()
        ended()
      }
      signal?.addEventListener('abort', abort, { once: true })
    })
  }
}
