/** A source of the same numbers for the same seed (mulberry32). */
export interface Seeded {
  /** In [0, 1). */
  next(): number
  /** A whole number in [0, below). */
  below(below: number): number
  oneOf<const T extends readonly [unknown, ...unknown[]]>(choices: T): T[number]
  /** A rank in [0, ranks), the lower the likelier, with a density of 1 / (rank + 50) (Zipf-Mandelbrot). */
  rank(ranks: number): number
}

const FLATNESS = 50

export function seeded(seed: number): Seeded {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    oneOf: (choices) => choices[below(choices.length)] ?? choices[0],
    rank: (ranks) => Math.min(ranks - 1, Math.floor(FLATNESS * ((1 + ranks / FLATNESS) ** next() - 1))),
  }
}
