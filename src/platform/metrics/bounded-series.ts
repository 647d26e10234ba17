/** Value of every label beyond the bound. */
const OTHER = 'other'

type LabelValues = Readonly<Record<string, string>>

/**
 * Limits the number of series of one metric: the first `most` label sets are separate series, and all others share one,
 * whose labels are `other`.
 */
export class BoundedSeries {
  readonly #known = new Set<string>()
  readonly #labels: readonly string[]
  readonly #most: number

  constructor(labels: readonly string[], most: number) {
    this.#labels = labels
    this.#most = most
  }

  bounded(values: LabelValues): LabelValues {
    let key = ''
    for (const label of this.#labels) key += `${values[label] ?? ''}\u0000`
    if (this.#known.has(key)) return values
    if (this.#known.size >= this.#most) return Object.fromEntries(this.#labels.map((label) => [label, OTHER]))
    this.#known.add(key)
    return values
  }
}
