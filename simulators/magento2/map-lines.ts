/** A map from a text area: a line `name = value` each; the name `*` stands for all others. */
export class MapLines {
  readonly #values = new Map<string, string>()

  constructor(text: string) {
    for (const line of text.split(/\r\n|\r|\n/)) {
      // Names may contain the sign, values do not.
      const at = line.lastIndexOf('=')
      const name = line.slice(0, Math.max(at, 0)).trim()
      if (name !== '') this.#values.set(name, line.slice(at + 1).trim())
    }
  }

  /** The value of a name; the name itself where the value is `*`. Null: it is omitted. */
  get(name: string): string | null {
    const value = this.#values.get(name) ?? this.#values.get('*') ?? ''
    if (value === '*') return name
    return value === '' ? null : value
  }

  values(): readonly string[] {
    return [...new Set(this.#values.values())].filter((value) => value !== '')
  }
}
