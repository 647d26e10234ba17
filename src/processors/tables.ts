import type { TableDefinition } from '../platform/dynamodb/tables.ts'
import { stateTables } from './entity-states.ts'
import { sinkTables } from './sinks/tables.ts'

/** The tables of processors and sinks. */
export const processorTables: readonly TableDefinition[] = [...stateTables, ...sinkTables]
