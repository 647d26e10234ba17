import { recordKey } from '../events/topics.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { type OrderFulfilment, type OrderStep, orderSteps, ROUTED_BY, stepId } from '../projections/order-steps.ts'
import { type StagedRow, shelfOf, stagedId, stagedRows } from '../projections/staged-row.ts'
import type { OrderPlace } from './order-parts.ts'

/** Steps that one answer has: the newest. */
export const MOST_STEPS = 500

/**
 * What happened to an order, the oldest first: the newest steps that are kept, and what each shop answered last to what vendors
 * shipped or do not deliver, which names no order. A step of a read has the event that the routing of the same event names.
 */
export async function stepsOfOrder(tables: Tables, place: OrderPlace): Promise<readonly OrderStep[]> {
  const kept = await keptSteps(tables, place, MOST_STEPS)
  const answers = await answersOf(tables, kept)
  return [...withEvents(kept), ...answers].toSorted((a, b) => Number(a.step > b.step) - Number(a.step < b.step))
}

/** Whether anything happened to an order of that number. */
export async function isKnownOrder(tables: Tables, place: OrderPlace): Promise<boolean> {
  return (await keptSteps(tables, place, 1)).length > 0
}

async function keptSteps(tables: Tables, { source, number }: OrderPlace, limit: number) {
  return await rowsOf(tables, orderSteps).query({ partition: recordKey(source, number), descending: true, limit })
}

/** A read reports before it knows where its events are kept. */
function withEvents(steps: readonly OrderStep[]): readonly OrderStep[] {
  const places = new Map(
    steps.flatMap(({ event_id, fulfilment, source_place }) => {
      return fulfilment === null && source_place !== null ? [[event_id, source_place] as const] : []
    }),
  )
  return steps.map((step) => ({ ...step, source_place: step.source_place ?? places.get(step.event_id) ?? null }))
}

interface Named extends Pick<OrderStep, 'order' | 'expires'> {
  readonly connection: string
  readonly fulfilment: OrderFulfilment
}

/** What came of each fulfilment after it was found to be of this order. */
async function answersOf(tables: Tables, steps: readonly OrderStep[]): Promise<readonly OrderStep[]> {
  const named = steps.flatMap(({ order, expires, connection, fulfilment }): Named[] =>
    connection === null || fulfilment === null ? [] : [{ order, expires, connection, fulfilment }],
  )
  const keyOf = ({ connection, fulfilment: { id, source } }: Named) => {
    return { shelf: shelfOf(connection, 'fulfilments'), id: stagedId({ key: id, source }) }
  }
  const byKey = new Map(named.map((one) => [JSON.stringify(keyOf(one)), one]))
  const rows = await rowsOf(tables, stagedRows).listMany([...byKey.values()].map(keyOf))
  return rows.flatMap((row) => {
    const one = byKey.get(JSON.stringify({ shelf: row.shelf, id: row.id }))
    return one === undefined || row.stage === ROUTED_BY ? [] : [answerOf(one, row)]
  })
}

function answerOf({ order, expires, fulfilment }: Named, row: StagedRow): OrderStep {
  const { connection, stage, status, code, message, target_id, task, event_id, occurred_at, read_at } = row
  const { updated_at: at, source_place, mapped_place } = row
  const step = stepId(Date.parse(at), stage, connection, fulfilment.source, fulfilment.id, status, code ?? '')
  const result = { connection, stage, status, code, message, target_id }
  const event = { task, event_id, occurred_at, read_at, source_place, mapped_place }
  return { order, step, at, ...result, ...event, fulfilment, by: null, expires }
}
