import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, hasKeys } from './create-table.ts'
import { fromDynamo } from './dynamo-errors.ts'
import type { TableDefinition } from './tables.ts'

/** State of a table; `keys`: its keys differ from the definition, or it lacks an index. */
export interface InspectedTable {
  /** With its prefix. */
  readonly name: string
  readonly state: 'right' | 'missing' | 'keys' | 'not active'
}

export async function inspectTable(
  client: DynamoDBClient,
  prefix: string,
  definition: TableDefinition,
): Promise<InspectedTable> {
  const name = `${prefix}${definition.name}`
  try {
    const found = await describe(client, name)
    if (found === undefined) return { name, state: 'missing' }
    if (!hasKeys(definition, found)) return { name, state: 'keys' }
    return { name, state: found.TableStatus === 'ACTIVE' ? 'right' : 'not active' }
  } catch (error) {
    throw fromDynamo(error, name)
  }
}
