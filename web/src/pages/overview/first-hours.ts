import type { Figures } from '../../api/answers.ts'

const PART_MS = 300_000
const HOURS_MS = 7_200_000

/** Start of the figures, if a day's figures are all within its last two hours; null: there are older ones, or none. */
export function firstHours({ to, parts }: Pick<Figures, 'to' | 'parts'>): string | null {
  const from = Math.ceil((Date.parse(to) - HOURS_MS) / PART_MS) * PART_MS
  const [first] = parts.map((part) => Date.parse(part.from)).toSorted((a, b) => a - b)
  return first === undefined || first < from ? null : new Date(from).toISOString()
}
