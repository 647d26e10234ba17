const FIRST_SLOTS = 1 << 12
/** Above it, a search takes more than a few steps. */
const MOST_FULL = 0.75

/**
 * Which of millions of texts have been there, in 11 to 21 bytes each: of a text 63 bits are kept. Two texts may have the
 * same ones, which happens to one pair among 5 million with a chance of one in 700,000: where that matters, what
 * `add` finds is to be looked at again.
 */
export class FingerprintSet {
  size = 0
  #slots = FIRST_SLOTS
  /** Two words for each slot; both 0: it is free. */
  #words = new Uint32Array(2 * FIRST_SLOTS)

  /** False: this text, or another one with the same fingerprint, was added before. */
  add(text: string): boolean {
    let [high, low] = [0x9e3779b9, 0x85ebca6b]
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      high = Math.imul(high ^ code, 0x85ebca77)
      low = Math.imul(low ^ code, 0xc2b2ae3d)
      high = (high << 13) | (high >>> 19)
      low = (low << 15) | (low >>> 17)
    }
    const [first, second] = [mixed(high ^ (low >>> 3) ^ text.length), mixed(low ^ (high >>> 5)) | 1]
    if (!this.#place(first, second)) return false
    this.size += 1
    if (this.size > this.#slots * MOST_FULL) this.#grow()
    return true
  }

  /** False: it is there. */
  #place(first: number, second: number): boolean {
    const words = this.#words
    for (let slot = first & (this.#slots - 1); ; slot = (slot + 1) & (this.#slots - 1)) {
      const at = 2 * slot
      // The second word of a text is odd.
      if (words[at + 1] === 0) {
        words[at] = first
        words[at + 1] = second
        return true
      }
      if (words[at] === first >>> 0 && words[at + 1] === second >>> 0) return false
    }
  }

  #grow(): void {
    const before = this.#words
    this.#slots *= 2
    this.#words = new Uint32Array(2 * this.#slots)
    for (let at = 0; at < before.length; at += 2) {
      const [first = 0, second = 0] = [before[at], before[at + 1]]
      if (second !== 0) this.#place(first, second)
    }
  }
}

/** Every bit of the result depends on every bit of the word (the end of MurmurHash3). */
function mixed(word: number): number {
  let mix = word ^ (word >>> 16)
  mix = Math.imul(mix, 0x85ebca6b)
  mix ^= mix >>> 13
  mix = Math.imul(mix, 0xc2b2ae35)
  return mix ^ (mix >>> 16)
}
