import { orderHoldTables } from '../control/order-holds.ts'
import { pauseTables } from '../control/pauses.ts'
import type { TableDefinition } from '../platform/dynamodb/tables.ts'
import { parkingTables } from '../platform/runtime/parking.ts'
import { deliveryTables } from './delivery/deliveries.ts'
import { orderCallTables } from './delivery/order-calls.ts'
import { sentMailTables } from './delivery/sent-mails.ts'
import { stateTables } from './entity-states.ts'
import { claimTables } from './stock/claim-rows.ts'

/**
 * Tables of sinks: what each target has, the calls and e-mails for orders, parked records, and which connections and
 * orders are held.
 */
export const sinkTables: readonly TableDefinition[] = [
  ...deliveryTables,
  ...orderCallTables,
  ...sentMailTables,
  ...parkingTables,
  ...pauseTables,
  ...orderHoldTables,
]

/** The tables of processors and sinks. */
export const processorTables: readonly TableDefinition[] = [...stateTables, ...claimTables, ...sinkTables]
