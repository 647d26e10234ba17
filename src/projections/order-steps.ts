import { text8 } from '../events/decimal.ts'
import type { Place } from '../events/generated/events.ts'
import { digest } from '../events/identity.ts'
import { isoTime } from '../events/times.ts'
import { recordKey, topicOf } from '../events/topics.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import { list, map, number, or, orNull, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { BatchContext, Decoded, Stage } from '../platform/runtime/stage.ts'
import { mappedPlaces } from '../platform/runtime/stage-result.ts'
import { stageOrder } from './entity-row.ts'
import { beginningRuns } from './fulfilment-runs.ts'
import type { ReportOfOrder } from './order-report.ts'
import { type AppendDeps, appendOutgoing, fulfilmentEventOf, laneIdle } from './outgoing-events.ts'
import { placeAttribute } from './staged-row.ts'
import { ORDER_STEPS } from './tables.ts'

/** The stage that finds the order of a fulfilment. */
export const ROUTED_BY = 'route-fulfilments'
/** Longest message stored. */
const LONGEST_MESSAGE = 1_000
/** Lines of a fulfilment stored. */
const MOST_LINES = 500

/**
 * One event in the life of an order: a version was read or decided on, a call to the ERP was answered, the vendor
 * shipped. Holds no order data, which stays in the topics. Times are ISO 8601.
 */
export interface OrderStep {
  /** source|key. */
  readonly order: string
  /** See `stepId`: steps of the same time sort by stage, and a repeated step is the same row. */
  readonly step: string
  readonly at: string
  readonly stage: string
  /** Null: all connections, or none yet. */
  readonly connection: string | null
  readonly status: string
  readonly code: string | null
  readonly message: string | null
  readonly target_id: string | null
  readonly task: string | null
  readonly event_id: string
  readonly occurred_at: string | null
  readonly read_at: string
  readonly source_place: Place | null
  readonly mapped_place: Place | null
  /** The vendor's action, by its id in the ERP; null: the step is about the order itself. */
  readonly fulfilment: OrderFulfilment | null
  /** Who did it; null: a stage. */
  readonly by: string | null
  /** Seconds: the row may be removed then. */
  readonly expires: number
}

export interface OrderFulfilment {
  readonly id: string
  /** The ERP. */
  readonly source: string
  /** shipment, closure or cancellation. */
  readonly kind: string
  /** Shipped, or not to be delivered. Empty for a step stored by an earlier release. */
  readonly lines: readonly FulfilledLine[]
}

/** `quantity`: a decimal as text. `reason`: why the vendor does not deliver it, if its ERP says so. */
export interface FulfilledLine {
  readonly sku: string
  readonly quantity: string
  readonly reason: string | null
}

export const orderSteps = rowType<OrderStep>(ORDER_STEPS, ['order', 'step'], {
  order: text,
  step: text,
  at: text,
  stage: text,
  connection: orNull(text),
  status: text,
  code: orNull(text),
  message: orNull(text),
  target_id: orNull(text),
  task: orNull(text),
  event_id: text,
  occurred_at: orNull(text),
  read_at: text,
  source_place: orNull(placeAttribute),
  mapped_place: orNull(placeAttribute),
  fulfilment: orNull(
    map<OrderFulfilment>({
      id: text,
      source: text,
      kind: text,
      lines: or(list(map<FulfilledLine>({ sku: text, quantity: text, reason: orNull(text) })), []),
    }),
  ),
  by: orNull(text),
  expires: number,
})

/**
 * Reported when somebody retries or discards a dead letter of an order; stored as a deed (`keepOrderDeeds`) instead.
 */
const DEEDS_OF_LETTERS: readonly (string | null)[] = ['retried', 'discarded']

/** Stores the steps of orders. A repeated report is the same row: nothing is counted twice (Guarantee 3). */
export async function keepOrderSteps(
  tables: Tables,
  reports: readonly ReportOfOrder[],
  context: BatchContext,
): Promise<void> {
  const own = reports.filter(({ result: { entity, code } }) => entity === 'orders' && !DEEDS_OF_LETTERS.includes(code))
  await keep(tables, own.map(stepOf), context)
}

/**
 * Stores what vendors did with a shop's orders, and the events of them for subscriptions: the fulfilments sent to the
 * shop name the order, which later reports about them do not.
 */
export function orderFulfilmentsStage(shop: string, deps: AppendDeps): Stage<'shop-fulfilments'> {
  const { tables } = deps
  const topic = topicOf('shop-fulfilments', shop)
  return {
    name: `project-order-fulfilments-${shop}`,
    kind: 'shop-fulfilments',
    topics: [topic],
    needsPersons: false,
    async handle(batch, context) {
      await keep(
        tables,
        batch.map((one) => fulfilmentStep(shop, one)),
        context,
      )
      const runs = await beginningRuns(tables, shop, batch, context)
      const withEvents = batch.map((one) => {
        const run = runs.get(one)
        const event = run === undefined ? null : fulfilmentEventOf(shop, one, run)
        return { record: one.record, events: event === null ? [] : [event] }
      })
      await appendOutgoing(tables, topic, withEvents, context)
    },
    onIdleAlone: laneIdle(deps, topic),
  }
}

/** Stage name of people's actions on an order. */
const BY_PEOPLE = 'people'

/** An action of a person on an order, or on a vendor's part of it. */
export interface OrderDeedDone {
  /** The shop. */
  readonly source: string
  readonly number: string
  /** Null: all connections, or none yet. */
  readonly connection: string | null
  readonly deed: string
  readonly by: string
  readonly reason: string | null
  /** Milliseconds. */
  readonly at: number
}

/** Stores people's actions next to the steps that stages report. */
export async function keepOrderDeeds(tables: Tables, deeds: readonly OrderDeedDone[]): Promise<void> {
  await rowsOf(tables, orderSteps).putMany(deeds.map(deedStep))
}

function deedStep({ source, number, connection, deed, by, reason, at }: OrderDeedDone): OrderStep {
  return {
    order: recordKey(source, number),
    step: stepId(at, BY_PEOPLE, connection ?? '', deed, by),
    at: isoTime(at),
    stage: BY_PEOPLE,
    connection,
    status: deed,
    code: null,
    message: reason?.slice(0, LONGEST_MESSAGE) ?? null,
    target_id: null,
    task: null,
    event_id: digest(BY_PEOPLE, source, number, connection ?? '', deed, `${at}`),
    occurred_at: null,
    read_at: isoTime(at),
    source_place: null,
    mapped_place: null,
    fulfilment: null,
    by,
    expires: expiresAfter(at, keptDays.orderSteps),
  }
}

async function keep(tables: Tables, steps: readonly OrderStep[], context: BatchContext): Promise<void> {
  if (steps.length === 0) return
  context.assertOwned()
  const rows = new Map(steps.map((step) => [JSON.stringify([step.order, step.step]), step]))
  await rowsOf(tables, orderSteps).putMany([...rows.values()])
}

function stepOf({ stage, at, task, result, places }: ReportOfOrder): OrderStep {
  const { source, key, connection, eventId, occurredAt, readAt, status, code, message, targetId } = result
  return {
    order: recordKey(source, key),
    step: stepId(at, stage, connection ?? '', status, code ?? '', eventId),
    at: isoTime(at),
    stage,
    connection,
    status,
    code,
    message: message?.slice(0, LONGEST_MESSAGE) ?? null,
    target_id: targetId,
    task,
    event_id: eventId,
    occurred_at: occurredAt === null ? null : isoTime(occurredAt),
    read_at: isoTime(readAt),
    source_place: places.source,
    mapped_place: places.mapped,
    fulfilment: null,
    by: null,
    expires: expiresAfter(at, keptDays.orderSteps),
  }
}

function fulfilmentStep(shop: string, { record, event }: Decoded<'shop-fulfilments'>): OrderStep {
  const { connection, source, key, eventId, occurredAt, readAt, taskId, data } = event
  const { source: from, mapped } = mappedPlaces(record)
  return {
    order: recordKey(shop, data.orderNumber),
    step: stepId(record.timestamp, ROUTED_BY, connection, key, eventId),
    at: isoTime(record.timestamp),
    stage: ROUTED_BY,
    connection,
    status: 'processing',
    code: null,
    message: null,
    target_id: null,
    task: taskId,
    event_id: eventId,
    occurred_at: occurredAt === null ? null : isoTime(occurredAt),
    read_at: isoTime(readAt),
    source_place: from === null ? null : { ...from },
    mapped_place: mapped === null ? null : { ...mapped },
    fulfilment: {
      id: key,
      source,
      kind: data.kind,
      lines: data.lines
        .slice(0, MOST_LINES)
        .map(({ sku, quantity, reason }) => ({ sku, quantity: text8(quantity), reason })),
    },
    by: null,
    expires: expiresAfter(record.timestamp, keptDays.orderSteps),
  }
}

/** at#order of the stage#digest of the content. */
export function stepId(at: number, stage: string, ...what: readonly string[]): string {
  return `${isoTime(at)}#${stageOrder(stage)}#${digest(stage, ...what).slice(0, 16)}`
}
