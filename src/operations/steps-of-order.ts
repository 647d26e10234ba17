import { recordKey } from '../events/topics.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { type OrderFulfilment, type OrderStep, orderSteps, ROUTED_BY, stepId } from '../projections/order-steps.ts'
import { type StagedRow, shelfOf, stagedId, stagedRows } from '../projections/staged-row.ts'
import type { OrderPlace } from './order-parts.ts'

/** Maximum number of steps returned: the newest. */
export const MOST_STEPS = 500

/**
 * Steps of an order, oldest first: the newest stored steps, and the shop's last answer to each fulfilment (these
 * answers do not name the order). A step of a read gets its event's place from the routing step of the same event.
 */
export async function stepsOfOrder(tables: Tables, place: OrderPlace): Promise<readonly OrderStep[]> {
  const kept = await keptSteps(tables, place, MOST_STEPS)
  const answers = await answersOf(tables, kept)
  return [...withEvents(kept), ...answers].toSorted((a, b) => Number(a.step > b.step) - Number(a.step < b.step))
}

/** Whether there are steps of an order with that number. */
export async function isKnownOrder(tables: Tables, place: OrderPlace): Promise<boolean> {
  return (await keptSteps(tables, place, 1)).length > 0
}

async function keptSteps(tables: Tables, { source, number }: OrderPlace, limit: number) {
  return await rowsOf(tables, orderSteps).query({ partition: recordKey(source, number), descending: true, limit })
}

/** Adds missing event places: a read reports before its events have a place. */
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

/** Results of each fulfilment after it was routed to this order. */
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
