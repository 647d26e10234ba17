import { pauseTables } from '../../control/pauses.ts'
import type { TableDefinition } from '../../platform/dynamodb/tables.ts'
import { parkingTables } from '../../platform/runtime/parking.ts'
import { deliveryTables } from './deliveries.ts'

/** What sinks remember: what each target has, what waits, and which connections are held. */
export const sinkTables: readonly TableDefinition[] = [...deliveryTables, ...parkingTables, ...pauseTables]
