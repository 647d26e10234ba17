import { recordKey } from '../events/topics.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import { type OrderStep, orderSteps } from '../projections/order-steps.ts'
import { type ShownEvent, showPlace } from '../projections/show-staged.ts'
import { noteReading } from './audit.ts'
import { callsOfStep, type StepCalls } from './calls-of-step.ts'
import type { OperationDeps } from './dependencies.ts'
import { ownerOfStep, ownShown, seesWhole } from './own-part.ts'
import { may, notFound, type Principal } from './principal.ts'
import { sees } from './scope.ts'
import { showSource } from './show-source.ts'
import { stepsOfOrder } from './steps-of-order.ts'

export interface StepPlace {
  readonly source: string
  readonly number: string
  /** The step's name in the timeline. */
  readonly step: string
}

/**
 * The events of one step of an order, and the calls of a delivery; null: it has none, or the caller does not see the
 * system that it was read from.
 */
export interface StepEvents extends StepCalls {
  readonly as_read: ShownEvent | null
  readonly as_mapped: ShownEvent | null
}

/** Throws `not_found`. */
export async function showOrderStep(
  deps: Pick<OperationDeps, 'tables' | 'staged' | 'audit'>,
  by: Principal,
  { source, number, step }: StepPlace,
): Promise<StepEvents> {
  const steps = await stepsOfOrder(deps.tables, { source, number })
  const row = steps.find((one) => one.step === step) ?? (await keptStep(deps, { source, number, step }))
  if (row === undefined || !sees(by.scope, ownerOfStep(by, { ...row, source }))) {
    const what = `there is no step "${step}" of order "${number}" of ${source}`
    throw notFound(by, { field: 'step', api: `${what}; the order's timeline lists its steps`, cli: what })
  }
  await noteReading(deps, by, `order ${number} of ${source}`)
  const { source_place, mapped_place } = row
  const as_mapped = mapped_place === null ? null : await showPlace(deps.staged, mapped_place, may(by, 'persons:read'))
  return {
    as_read: source_place === null ? null : await showSource(deps, by, source_place),
    as_mapped: seesWhole(by, source) ? as_mapped : ownShown(as_mapped, deps.staged.topicPrefix),
    ...(await callsOfStep(deps.tables, by, source, { step: row, steps })),
  }
}

/** Finds a step of an order that has more steps than its timeline shows. */
async function keptStep(
  { tables }: Pick<OperationDeps, 'tables'>,
  { source, number, step }: StepPlace,
): Promise<OrderStep | undefined> {
  return await rowsOf(tables, orderSteps).get({ order: recordKey(source, number), step })
}
