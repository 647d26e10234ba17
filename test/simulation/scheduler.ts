import { SeededRandom } from './seeded-random.ts'
import { Trace } from './trace.ts'

/** Where every simulation begins. */
export const START = Date.UTC(2026, 0, 5, 9)

interface Step {
  readonly time: number
  readonly turn: number
  readonly run: () => void
  /** Nobody waits for it any more. */
  canceled: boolean
}

/** Virtual time: the one place that decides what happens next. Steps of one moment come in an order of the seed. */
export class Scheduler {
  steps = 0
  #time = START
  readonly random: SeededRandom
  readonly trace: Trace
  readonly #heap: Step[] = []

  constructor(seed: number, trace = new Trace()) {
    this.random = new SeededRandom(seed, 1)
    this.trace = trace
  }

  /** Whole milliseconds; steps may lie between them. */
  get now(): number {
    return Math.floor(this.#time)
  }

  /** What it answers takes the step back. */
  after(ms: number, run: () => void): () => void {
    const step = { time: this.#time + Math.max(0, ms), turn: this.random.next(), run, canceled: false }
    push(this.#heap, step)
    return () => {
      step.canceled = true
    }
  }

  /** Runs until `done`, or until virtual time is over; false: it was not done then. */
  async run(done: () => boolean, until: number): Promise<boolean> {
    while (!done()) {
      const next = this.#heap[0]
      if (next === undefined || next.time > until) {
        this.#time = Math.max(this.#time, until)
        return false
      }
      const step = pop(this.#heap) ?? next
      if (step.canceled) continue
      this.#time = step.time
      this.steps += 1
      step.run()
      await everythingDone()
    }
    return true
  }
}

/** Resolves when no microtask is left: all that could go on without a further step has. */
function everythingDone(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)))
}

function earlier(a: Step, b: Step): boolean {
  return a.time !== b.time ? a.time < b.time : a.turn < b.turn
}

function push(heap: Step[], step: Step): void {
  let at = heap.push(step) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above] as Step
    if (!earlier(step, parent)) break
    heap[at] = parent
    at = above
  }
  heap[at] = step
}

function pop(heap: Step[]): Step | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (first === undefined || last === undefined || heap.length === 0) return first
  let at = 0
  for (;;) {
    let below = 2 * at + 1
    if (below >= heap.length) break
    if (below + 1 < heap.length && earlier(heap[below + 1] as Step, heap[below] as Step)) below += 1
    const child = heap[below] as Step
    if (!earlier(child, last)) break
    heap[at] = child
    at = below
  }
  heap[at] = last
  return first
}
