const KEPT = 120

/** What happened, in order: a hash of all of it, and the last steps as text. */
export class Trace {
  #hash = 0x811c9dc5
  readonly #lines: string[] = []
  readonly #kept: number

  constructor(kept = KEPT) {
    this.#kept = kept
  }

  note(time: number, who: string, what: string): void {
    this.#mix(`${time} ${who} ${what}`)
  }

  /** For people: is in no hash. */
  say(time: number, who: string, text: string): void {
    this.#keep(`${time} ${who} ${text}`)
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0')
  }

  last(): readonly string[] {
    return this.#lines.slice(-this.#kept)
  }

  #mix(line: string): void {
    let hash = this.#hash
    for (let index = 0; index < line.length; index += 1) hash = Math.imul(hash ^ line.charCodeAt(index), 0x01000193)
    this.#hash = hash
    this.#keep(line)
  }

  #keep(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length > 2 * this.#kept + 1000) this.#lines.splice(0, this.#lines.length - this.#kept)
  }
}
