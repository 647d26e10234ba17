import { coreTables } from '../configuration/tables.ts'
import { controlTables } from '../control/tables.ts'
import type { TableDefinition } from '../platform/dynamodb/tables.ts'
import { governorTables } from '../platform/governor/call-slots.ts'
import { personTables } from '../platform/persons/person-keys.ts'
import { positionTables } from '../platform/runtime/positions.ts'
import { processorTables } from '../processors/tables.ts'
import { projectionTables } from '../projections/tables.ts'
import { settingsTables } from './cursor-key.ts'
import { notificationTables } from './notifications/recipient-row.ts'
import { subscriptionTables } from './outgoing/subscription-row.ts'
import { pullTables } from './pulls/pull-row.ts'
import { servingTables } from './served-since.ts'

/** All tables of the product. */
export const tableDefinitions: readonly TableDefinition[] = [
  ...coreTables,
  ...controlTables,
  ...processorTables,
  ...projectionTables,
  ...settingsTables,
  ...pullTables,
  ...servingTables,
  ...notificationTables,
  ...subscriptionTables,
  ...positionTables,
  ...governorTables,
  ...personTables,
]
