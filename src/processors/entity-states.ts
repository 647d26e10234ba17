import { StreamError } from '../errors.ts'
import { forEachBounded } from '../platform/bounded.ts'
import { number, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../platform/dynamodb/tables.ts'
import type { Remembered } from './processor.ts'

const STATES = 'processor_state'
const WRITERS = 16

/**
 * What processors remember of entities (partition `<processor>#<partition of the topic>`, sort `page`). A page holds
 * the states of entities with neighboring keys: orders placed one after the other come in one batch, so a batch of
 * hundreds reads and writes few pages.
 */
export const stateTables: readonly TableDefinition[] = [{ name: STATES, partitionKey: 'processor', sortKey: 'page' }]

/** The states of a batch's entities, by key. */
export interface LoadedStates<S> {
  readonly known: ReadonlyMap<string, S>
  /**
   * Writes what changed. Guarantee 4: only over the loaded revision, so that a member that has lost the partition
   * unawares can't restore an old page. Throws `concurrent_change` then, and the batch must be handled again from the
   * start.
   */
  write(changed: ReadonlyMap<string, S>): Promise<void>
}

interface PageRow {
  readonly processor: string
  readonly page: string
  readonly revision: number
  /** JSON text of the states by key. */
  readonly states: string
}

export const pageRows = rowType<PageRow>(STATES, ['processor', 'page'], {
  processor: text,
  page: text,
  revision: number,
  states: text,
})

interface Page<S> {
  readonly revision: number
  readonly states: Readonly<Record<string, S>>
}

/** Loads what the processor remembers of these entities of one partition of its topic. */
export async function loadEntityStates<S extends Remembered>(
  tables: Tables,
  { processor, partition }: { readonly processor: string; readonly partition: number },
  keys: readonly string[],
): Promise<LoadedStates<S>> {
  const place = (page: string) => ({ processor: `${processor}#${partition}`, page })
  const wanted = [...new Set(keys.map(pageOf))]
  const rows = await rowsOf(tables, pageRows).getMany(wanted.map(place))
  const pages = new Map(rows.map((row) => [row.page, toPage<S>(row)]))
  return {
    known: new Map([...pages.values()].flatMap(({ states }) => Object.entries(states))),
    async write(changed) {
      const changes = [...Map.groupBy(changed, ([key]) => pageOf(key))]
      await forEachBounded(changes, WRITERS, ([page, states]) =>
        writePage(tables, place(page), pages.get(page), Object.fromEntries(states)),
      )
    },
  }
}

/**
 * Keys that differ only in their last three digits, or last two characters, share a page: always few enough for an
 * item.
 */
function pageOf(key: string): string {
  return key.replace(/\d{3}$|.{1,2}$/su, '')
}

function toPage<S>({ revision, states }: PageRow): Page<S> {
  return { revision, states: JSON.parse(states) as Page<S>['states'] }
}

async function writePage<S>(
  tables: Tables,
  place: Pick<PageRow, 'processor' | 'page'>,
  loaded: Page<S> | undefined,
  changed: Readonly<Record<string, S>>,
): Promise<void> {
  const revision = loaded?.revision ?? 0
  const states = JSON.stringify({ ...loaded?.states, ...changed })
  const row = { ...place, revision: revision + 1, states }
  const written = await rowsOf(tables, pageRows).put(
    row,
    loaded === undefined ? { absent: 'revision' } : { attribute: 'revision', is: '=', value: revision },
  )
  if (written) return
  throw new StreamError('concurrent_change', `page ${place.page} of ${place.processor} was changed by another worker`)
}
