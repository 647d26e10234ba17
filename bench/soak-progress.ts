import type { Sample } from './soak-worker.ts'

export interface Moment {
  readonly part: number
  readonly events: number
  readonly rssMb: number
  /** Living objects alone. */
  readonly heapMb: number
}

/** Parts of the events after which the worker is looked at closely. */
const MOMENTS = [0.05, 0.5, 1]

/** What the worker told so far. */
export class Progress {
  readonly #samples: Sample[] = []
  readonly #moments: Moment[] = []
  readonly #events: number
  readonly #log: (line: string) => void
  #waiting: (() => void)[] = []

  constructor(events: number, log: (line: string) => void) {
    this.#events = events
    this.#log = log
  }

  /** Events that are through: orders when they are routed, stock changes when they are in the feed. */
  get done(): number {
    const { 'route-orders': routed = 0, 'project-inventory': projected = 0 } = this.#samples.at(-1)?.handled ?? {}
    return routed + projected
  }

  note(sample: Sample): void {
    this.#samples.push(sample)
    const part = MOMENTS[this.#moments.length]
    if (part !== undefined && sample.heapMb !== null && this.done >= part * this.#events) {
      this.#moments.push({
        part,
        events: this.done,
        rssMb: Math.round(sample.rssMb),
        heapMb: Math.round(sample.heapMb),
      })
      this.#log(`soak: ${this.done} events, RSS ${Math.round(sample.rssMb)} MB, heap ${Math.round(sample.heapMb)} MB`)
    }
    for (const wake of this.#waiting.splice(0)) wake()
  }

  async until(reached: (done: number) => boolean): Promise<void> {
    while (!reached(this.done)) await this.#next()
  }

  /** Waits for the moments that are reached but not measured yet. */
  async nextMoment(): Promise<void> {
    while (this.#moments.length < MOMENTS.length) await this.#next()
  }

  report() {
    const mean = this.#samples.reduce((sum, { delayP99Ms }) => sum + delayP99Ms, 0) / this.#samples.length
    const longest = Math.max(...this.#samples.map(({ longestDelayMs }) => longestDelayMs))
    return { at: this.#moments, longestDelayMs: Math.round(longest), delayP99Ms: Math.round(mean) }
  }

  #next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
