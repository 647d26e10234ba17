import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type TableDescription,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { StreamError } from '../../errors.ts'
import { fromDynamo } from './dynamo-errors.ts'
import { keyAttribute } from './table-keys.ts'
import type { TableDefinition } from './tables.ts'

const ACTIVE_WITHIN_MS = 120_000
const FIRST_POLL_MS = 50
const LONGEST_POLL_MS = 2_000

/** Creates the table if it is missing and waits until it is active; `configuration_invalid` when it has other keys. */
export async function createTable(client: DynamoDBClient, prefix: string, definition: TableDefinition): Promise<void> {
  const name = `${prefix}${definition.name}`
  try {
    const found = (await describe(client, name)) ?? (await create(client, name, definition))
    checkKeys(name, definition, found.TableStatus === 'ACTIVE' ? found : await whenActive(client, name))
    if (definition.expires !== undefined) await expireBy(client, name, definition.expires)
  } catch (error) {
    throw fromDynamo(error, name)
  }
}

/** Errors to ignore: without this permission items only stay longer than needed, which must not prevent a start. */
const NOT_NEEDED = ['AccessDeniedException', 'UnknownOperationException']

async function expireBy(client: DynamoDBClient, name: string, attribute: string): Promise<void> {
  const TimeToLiveSpecification = { AttributeName: attribute, Enabled: true }
  try {
    const { TimeToLiveDescription: now } = await client.send(new DescribeTimeToLiveCommand({ TableName: name }))
    if (now?.TimeToLiveStatus === 'ENABLED' || now?.TimeToLiveStatus === 'ENABLING') return
    await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }))
  } catch (error) {
    // DynamoDB answers with a ValidationException when another process makes the same change at the same time.
    if (error instanceof Error && [...NOT_NEEDED, 'ValidationException'].includes(error.name)) return
    throw error
  }
}

export async function describe(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined
    throw error
  }
}

/** Another process may create the same table at the same time: `createTable` then waits for that one. */
async function create(client: DynamoDBClient, name: string, definition: TableDefinition): Promise<TableDescription> {
  try {
    return (await client.send(new CreateTableCommand(inputOf(name, definition)))).TableDescription ?? {}
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceInUseException') return {}
    throw error
  }
}

function inputOf(name: string, { partitionKey, sortKey, localIndexes = [] }: TableDefinition): CreateTableCommandInput {
  const keys = new Set([partitionKey, ...(sortKey === undefined ? [] : [sortKey])])
  for (const index of localIndexes) keys.add(index.sortKey)
  const schema = (sort: string | undefined) => [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' as const }]),
  ]
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...keys].map((key) => ({ AttributeName: key, AttributeType: 'S' as const })),
    KeySchema: schema(sortKey),
    ...(localIndexes.length === 0
      ? {}
      : {
          LocalSecondaryIndexes: localIndexes.map((index) => ({
            IndexName: index.name,
            KeySchema: schema(index.sortKey),
            Projection: { ProjectionType: 'ALL' as const },
          })),
        }),
  }
}

async function whenActive(client: DynamoDBClient, name: string): Promise<TableDescription> {
  const deadline = performance.now() + ACTIVE_WITHIN_MS
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 2, LONGEST_POLL_MS)) {
    const table = await describe(client, name)
    if (table?.TableStatus === 'ACTIVE') return table
    if (performance.now() > deadline) {
      throw new StreamError('table_unavailable', `table ${name} is not active after two minutes`)
    }
    await sleep(wait)
  }
}

function checkKeys(name: string, definition: TableDefinition, found: TableDescription): void {
  if (hasKeys(definition, found)) return
  throw new StreamError(
    'configuration_invalid',
    `table ${name} exists with other keys or indexes; use another TABLE_PREFIX, or remove that table`,
    { field: 'TABLE_PREFIX', details: { table: name } },
  )
}

/** Whether a table has the keys and indexes of its definition. */
export function hasKeys(definition: TableDefinition, found: TableDescription): boolean {
  const indexes = new Map(
    found.LocalSecondaryIndexes?.map((index) => [index.IndexName, keyAttribute(index.KeySchema, 'RANGE')]),
  )
  return (
    keyAttribute(found.KeySchema, 'HASH') === definition.partitionKey &&
    keyAttribute(found.KeySchema, 'RANGE') === definition.sortKey &&
    (definition.localIndexes ?? []).every((index) => indexes.get(index.name) === index.sortKey)
  )
}
