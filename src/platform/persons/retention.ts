/** Whose retention applies: that of a source, for its orders or their fulfilments. */
export interface Keeper {
  readonly source: string
  readonly entity: RetainedEntity
}

export const retainedEntities = ['orders', 'fulfilments'] as const
export type RetainedEntity = (typeof retainedEntities)[number]

/**
 * How long data of a month is kept after the month's end, in milliseconds. Null: unlimited; undefined: the source is
 * unknown, and no retention is set for all sources.
 */
export type Retention = (keeper: Keeper) => number | null | undefined

/** The same retention for all sources. */
export function retentionOfAll(keepMs: number | null): () => Promise<Retention> {
  return async () => () => keepMs
}

/** The first moment after a month. */
function endOf(month: string): number {
  const [year = 1970, number = 1] = month.split('-').map(Number)
  return Date.UTC(year, number)
}

/** End of the retention of data placed in the month, in milliseconds UTC; null: unlimited. */
export function endOfKeeping(month: string, keepMs: number | null | undefined): number | null {
  return keepMs == null ? null : endOf(month) + keepMs
}

/** The later of two times; null: never. */
export function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b)
}

export function keeperName({ source, entity }: Keeper): string {
  return `${entity} ${source}`
}

export function keeperOfName(name: string): Keeper {
  const [entity = '', source = ''] = name.split(' ', 2)
  return { entity: entity === 'orders' ? 'orders' : 'fulfilments', source }
}
