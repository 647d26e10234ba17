import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { keepFigures } from '../../../src/projections/figures.ts'
import { entityResult } from '../../data/sync-status.ts'
import { batchContext } from '../stage-context.ts'

const QUARTER = 900_000
const QUARTERS = 96

/** What came and went within a day: little at night, most in the evening, and an hour in which the ERP refused much. */
export async function addDay(tables: Tables, now: number): Promise<void> {
  for (const [which, connection] of ['outdoor-nordwand', 'outdoor-trailworks', 'bikes-nordwand'].entries()) {
    const reports = Array.from({ length: QUARTERS }, (_, index) => partOf(connection, which, index, now)).flat()
    const counted = reports.map((report, offset) => ({ ...report, offset }))
    await keepFigures(tables, counted, batchContext().context)
  }
}

function partOf(connection: string, which: number, index: number, now: number) {
  const begin = now - (QUARTERS - index) * QUARTER + 60_000
  const hour = new Date(begin).getUTCHours() + (index % 4) / 4
  const busy = 0.15 + Math.max(0, Math.sin(((hour - 5) / 24) * 2 * Math.PI - 0.6)) + Math.max(0, Math.sin(hour / 4)) / 3
  const counts = { orders: 4, fulfilments: 3, inventory: 14, products: 5 }
  const good = Object.entries(counts).flatMap(([entity, most]) =>
    Array.from({ length: Math.round((busy * most) / (which + 1) + ((index * 7 + which) % 3) / 2) }, () => ({
      entity,
      status: 'succeeded',
      code: null,
    })),
  )
  const isBad = index > 58 && index < 64
  const many = isBad ? 4 - which : index % 17 === which ? 1 : 0
  const code = isBad ? 'target_rejected' : 'mapping_failed'
  const bad = Array.from({ length: many }, () => ({ entity: 'orders', status: 'failed', code }))
  return [...good, ...bad].map((what, place) => {
    const at = begin + place * 1_000
    const wait = 1_200 + ((place * 37 + index * 13) % 50) * 90 + (isBad ? 9_000 : 0)
    const result = { connection, occurredAt: at - wait - 3_000, readAt: at - wait, key: `${index}-${place}`, ...what }
    return { at, result: { ...entityResult(result), connection } }
  })
}
