/** Random numbers that follow from a seed (mulberry32). */
export class SeededRandom {
  #state: number

  /** `stream` tells apart the uses of one seed, so that more draws of one use change none of another. */
  constructor(seed: number, stream = 0) {
    this.#state = (Math.imul(seed ^ (stream * 0x9e3779b9), 0x85ebca6b) ^ Math.floor(seed / 2 ** 32)) | 0
    for (let warm = 0; warm < 3; warm += 1) this.next()
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** A whole number in [from, to]. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.int(0, values.length - 1)]
    if (value === undefined) throw new Error('there is nothing to pick from')
    return value
  }
}
