import {
  DescribeContinuousBackupsCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import { describe, hasKeys } from './create-table.ts'
import { fromDynamo } from './dynamo-errors.ts'
import type { TableDefinition } from './tables.ts'

/** A table as DynamoDB describes it; null: DynamoDB does not report it, or the permission is missing. */
export interface DescribedTable {
  /** With its prefix. */
  readonly name: string
  /** ACTIVE, UPDATING, …; null: the table does not exist yet. */
  readonly status: string | null
  /** Counted by DynamoDB every six hours. */
  readonly items: number | null
  readonly bytes: number | null
  readonly billing: 'on demand' | 'provisioned' | null
  /** Whether the last weeks can be restored to the second. */
  readonly point_in_time_recovery: boolean | null
  /** Attribute by which items expire; null: items do not expire. */
  readonly expires: string | null
  /** What differs from the definition; null: the table is as defined. */
  readonly problem: 'missing' | 'keys' | 'expiry' | null
}

const UNKNOWN = ['AccessDeniedException', 'UnknownOperationException', 'ValidationException']

export async function describeTable(
  client: DynamoDBClient,
  prefix: string,
  definition: TableDefinition,
): Promise<DescribedTable> {
  const name = `${prefix}${definition.name}`
  try {
    const found = await describe(client, name)
    if (found === undefined) return missing(name)
    const [recovery, expires] = await Promise.all([recoveryOf(client, name), expiryOf(client, name)])
    const lacksExpiry = definition.expires !== undefined && expires === null
    return {
      name,
      status: found.TableStatus ?? null,
      items: found.ItemCount ?? null,
      bytes: found.TableSizeBytes ?? null,
      billing: billingOf(found.BillingModeSummary?.BillingMode),
      point_in_time_recovery: recovery,
      expires: expires ?? null,
      problem: hasKeys(definition, found) ? (lacksExpiry ? 'expiry' : null) : 'keys',
    }
  } catch (error) {
    throw fromDynamo(error, name)
  }
}

function missing(name: string): DescribedTable {
  const nothing = { status: null, items: null, bytes: null, billing: null, point_in_time_recovery: null, expires: null }
  return { name, ...nothing, problem: 'missing' }
}

function billingOf(mode: string | undefined): DescribedTable['billing'] {
  return mode === 'PAY_PER_REQUEST' ? 'on demand' : 'provisioned'
}

async function recoveryOf(client: DynamoDBClient, TableName: string): Promise<boolean | null> {
  const answer = await known(client.send(new DescribeContinuousBackupsCommand({ TableName })))
  const status = answer?.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus
  return status === undefined ? null : status === 'ENABLED'
}

/** Undefined: the permission to ask is missing. */
async function expiryOf(client: DynamoDBClient, TableName: string): Promise<string | null | undefined> {
  const answer = await known(client.send(new DescribeTimeToLiveCommand({ TableName })))
  if (answer === undefined) return undefined
  const { TimeToLiveStatus: status, AttributeName: attribute } = answer.TimeToLiveDescription ?? {}
  return status === 'ENABLED' || status === 'ENABLING' ? (attribute ?? null) : null
}

/** Undefined when the permission is missing, so that the rest can be shown. */
async function known<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking
  } catch (error) {
    if (error instanceof Error && UNKNOWN.includes(error.name)) return undefined
    throw error
  }
}
