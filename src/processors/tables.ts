import type { TableDefinition } from '../platform/dynamodb/tables.ts'
import { sinkTables } from './delivery/tables.ts'
import { stateTables } from './entity-states.ts'

/** The tables of processors and sinks. */
export const processorTables: readonly TableDefinition[] = [...stateTables, ...sinkTables]
