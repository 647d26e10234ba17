import type { UniversalInventoryChanged } from '../events/generated/events.ts'
import { contentDigest } from '../events/identity.ts'
import {
  areNewer,
  foldStock,
  type StockState,
  type StoredClaims,
  storedClaims,
  visibleClaims,
} from '../rules/stock-claims.ts'
import { type FeedRow, positionText, rankOf } from './feed-row.ts'
import type { FeedFold } from './projection.ts'

type Data = FeedRow['data']

/** Column of a stock row with what orders claim of it; readers get what may be sold instead. */
const CLAIMS = 'claims'

/** The claims in the data of a stock row, and the rest of its data. */
export function splitClaims({ [CLAIMS]: claims = null, ...level }: Data): {
  readonly level: Data
  readonly claims: StoredClaims | null
} {
  // Only `stockFold` writes the column.
  return { level, claims: claims as StoredClaims | null }
}

/**
 * Rows of stock have levels and, once an order claimed some, claims. Position and `updated_at` move when either
 * changes what readers see.
 */
export const stockFold: FeedFold<UniversalInventoryChanged, Data> = {
  accepts: (row, event) => {
    return rankOf(event) >= row.rank || areNewer(storedClaims(event.claims), splitClaims(row.data).claims)
  },
  notNewer: ({ data }) => {
    const revision = `data.${CLAIMS}.revision`
    const { claims } = splitClaims(data)
    if (claims === null) return { absent: revision }
    return { anyOf: [{ absent: revision }, { attribute: revision, is: '<=', value: claims.revision }] }
  },
  evolve(row, event, columns, position) {
    const { connection, source, key, eventId, deleted } = event
    const given = { rank: rankOf(event), eventId, deleted, level: columns, claims: storedClaims(event.claims) }
    const state = foldStock(row === undefined ? undefined : stateOf(row), given)
    const data = state.claims === null ? state.level : { ...state.level, [CLAIMS]: state.claims }
    const digest = digestOf(state)
    const now = { rank: state.rank, event_id: state.eventId, data, digest }
    if (row !== undefined && row.digest === digest) {
      const isSame = row.rank === state.rank && splitClaims(row.data).claims?.revision === state.claims?.revision
      return isSame ? row : { ...row, ...now }
    }
    const updated_at = new Date(position.time).toISOString()
    return { connection, source, key, updated_at, position: positionText(position), deleted: state.deleted, ...now }
  },
}

function stateOf({ rank, event_id: eventId, deleted, data }: FeedRow): StockState<Data> {
  return { rank, eventId, deleted, ...splitClaims(data) }
}

/** Of a row without claims the same as before rows had any. */
function digestOf({ deleted, level, claims }: StockState<Data>): string {
  const visible = visibleClaims(claims)
  return contentDigest({ deleted, data: visible === null ? level : { ...level, [CLAIMS]: visible } })
}
