import type { Tables } from '../platform/dynamodb/tables.ts'
import { attemptsOfEvent, type OrderCall } from '../processors/delivery/order-calls.ts'
import type { OrderStep } from '../projections/order-steps.ts'
import { seesWhole } from './own-part.ts'
import type { Principal } from './principal.ts'

/** The calls of a step, oldest first, without personal data. */
export interface StepCalls {
  readonly calls: readonly OrderCall[]
  /** Calls that were not stored because one attempt made too many. */
  readonly calls_left_out: number
}

/**
 * Requests and responses of the attempts that end with this step: those of its event since the previous step. A shop
 * responds with the whole order, so its calls are shown only to callers who see the shop.
 */
export async function callsOfStep(
  tables: Tables,
  by: Pick<Principal, 'scope'>,
  source: string,
  { step, steps }: { readonly step: OrderStep; readonly steps: readonly OrderStep[] },
): Promise<StepCalls> {
  if (step.fulfilment !== null && !seesWhole(by, source)) return { calls: [], calls_left_out: 0 }
  const isSameDelivery = (one: OrderStep) =>
    one.event_id === step.event_id && one.stage === step.stage && one.connection === step.connection
  const after = steps.filter((one) => isSameDelivery(one) && one.at < step.at).at(-1)?.at ?? ''
  const attempts = await attemptsOfEvent(tables, step, { after, to: step.at })
  const own = attempts.filter(({ stage, connection }) => stage === step.stage && connection === step.connection)
  return {
    calls: own.flatMap(({ calls }) => calls),
    calls_left_out: own.reduce((sum, { left_out }) => sum + left_out, 0),
  }
}
