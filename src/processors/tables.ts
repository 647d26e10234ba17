import type { TableDefinition } from '../platform/dynamodb/tables.ts'
import { stateTables } from './run-processor.ts'
import { sinkTables } from './sinks/deliveries.ts'

/** The tables of processors and sinks. */
export const processorTables: readonly TableDefinition[] = [...stateTables, ...sinkTables]
