import { mapBounded } from '../bounded.ts'
import type { Rows } from './rows.ts'

/** Limits parallel queries: a reader of hundreds of partitions must leave capacity to others. */
const AT_ONCE = 16

export interface MergedPage<R> {
  readonly rows: readonly R[]
  /** Place of the last row; null at the end. */
  readonly next: string | null
}

interface Wanted<R> {
  readonly partitions: readonly string[]
  /** Local secondary index; the table's own sort key when absent. */
  readonly index?: string
  /** The sort key. Rows of several partitions with the same place are the same row, which is returned once. */
  readonly placeOf: (row: R) => string
  readonly descending: boolean
  readonly limit: number
  readonly after: string | null
}

/** A page of rows from several partitions of a table, ordered by place; one query per partition. */
export async function mergedPage<R>(
  rows: Pick<Rows<R>, 'query'>,
  { partitions, index, placeOf, descending, limit, after }: Wanted<R>,
): Promise<MergedPage<R>> {
  const bound = after === null ? {} : descending ? { before: after } : { after }
  const range = { descending, limit: limit + 1, ...bound, ...(index === undefined ? {} : { index }) }
  const found = await mapBounded(partitions, AT_ONCE, (partition) => rows.query({ partition, ...range }))
  const byPlace = new Map(found.flat().map((row) => [placeOf(row), row]))
  const upwards = [...byPlace].toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const inOrder = descending ? upwards.toReversed() : upwards
  const page = inOrder.slice(0, limit)
  return { rows: page.map(([, row]) => row), next: inOrder.length > limit ? (page.at(-1)?.[0] ?? null) : null }
}
