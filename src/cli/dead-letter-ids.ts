import { countDeadLetters, listDeadLetters, toFilter } from '../operations/dead-letters.ts'
import type { TableDeps } from '../operations/dependencies.ts'
import type { Principal } from '../operations/principal.ts'
import { pagesOf, wholeId } from './whole-id.ts'

type Deps = Pick<TableDeps, 'tables'>

const PAGE = 500
const any = toFilter({ from: null, to: null })

/** The id of the dead letter that begins with the text; the text itself if there is none. */
export async function letterId(deps: Deps, by: Principal, begun: string): Promise<string> {
  const list = (after: string | null) => listDeadLetters(deps, by, { choice: any, limit: PAGE, after })
  return await wholeId(begun, {
    what: 'dead letter',
    async isThere(id) {
      const { items } = await listDeadLetters(deps, by, { choice: { ...any, ids: [id] }, limit: 1, after: null })
      return items.length > 0
    },
    pages: () => pagesOf(list),
  })
}

/** The id of the group that begins with the text; null: no group is given. */
export async function letterGroupId(deps: Deps, by: Principal, begun: string | null): Promise<string | null> {
  if (begun === null) return null
  return await wholeId(begun, {
    what: 'group',
    async isThere(group) {
      const { items } = await listDeadLetters(deps, by, { choice: { ...any, group }, limit: 1, after: null })
      return items.length > 0
    },
    async *pages() {
      const { groups } = await countDeadLetters(deps, by, any)
      yield groups.map(({ group }) => group)
    },
  })
}
