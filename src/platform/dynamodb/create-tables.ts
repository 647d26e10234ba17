import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Logger } from 'pino'
import { forEachBounded } from '../bounded.ts'
import { createTable } from './create-table.ts'
import { type DescribedTable, describeTable } from './describe-table.ts'
import { type InspectedTable, inspectTable } from './inspect-table.ts'
import { createReads } from './reads.ts'
import { createStoredItems, type StoredItems } from './stored-items.ts'
import { createTableKeys } from './table-keys.ts'
import type { TableDefinition, Tables } from './tables.ts'
import { createWrites } from './writes.ts'

export interface DynamoSettings {
  /** Null: AWS. */
  readonly endpoint?: string | null
  readonly region: string
  /** Null: the SDK's default chain (environment, profile, role). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | null
  /** TABLE_PREFIX */
  readonly prefix: string
  readonly logger: Logger
  /** Milliseconds until a request without a response is given up and sent again. */
  readonly requestTimeoutMs?: number
}

/** Includes the wait for a connection, where all are in use. */
const REQUEST_TIMEOUT_MS = 30_000

export interface DynamoTables {
  readonly tables: Tables
  /** For copies of whole tables. */
  readonly storedItems: StoredItems
  /**
   * Creates missing tables (pay per request) and waits until all are active; `configuration_invalid` when one exists
   * with other keys.
   */
  create(definitions: readonly TableDefinition[]): Promise<void>
  /** States of the tables, without creating any; `table_unavailable` when DynamoDB does not answer. */
  inspect(definitions: readonly TableDefinition[]): Promise<readonly InspectedTable[]>
  /** The same with DynamoDB's description of each. */
  describe(definitions: readonly TableDefinition[]): Promise<readonly DescribedTable[]>
  close(): void
}

const CREATED_AT_ONCE = 5
const DESCRIBED_AT_ONCE = 4

/** The tables in DynamoDB. */
export function createTables(settings: DynamoSettings): DynamoTables {
  const client = new DynamoDBClient({
    region: settings.region,
    ...(settings.endpoint ? { endpoint: settings.endpoint } : {}),
    ...(settings.credentials ? { credentials: settings.credentials } : {}),
    maxAttempts: 5,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: settings.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      // Otherwise the SDK prints a warning and waits without end.
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: 64 },
    },
  })
  const documents = DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: { wrapNumbers: false },
  })
  const keys = createTableKeys(client, settings.prefix)
  const access = { client: documents, keys, prefix: settings.prefix }
  return {
    tables: { ...createReads(access), ...createWrites(access) },
    storedItems: createStoredItems(client, settings.prefix),
    async create(definitions) {
      await forEachBounded(definitions, CREATED_AT_ONCE, async (definition) => {
        await createTable(client, settings.prefix, definition)
        keys.remember(definition)
      })
      settings.logger.debug({ tables: definitions.length }, 'the tables exist')
    },
    async inspect(definitions) {
      const tables: InspectedTable[] = []
      for (const definition of definitions) tables.push(await inspectTable(client, settings.prefix, definition))
      return tables
    },
    async describe(definitions) {
      const tables = new Map<string, DescribedTable>()
      await forEachBounded(definitions, DESCRIBED_AT_ONCE, async (definition) => {
        tables.set(definition.name, await describeTable(client, settings.prefix, definition))
      })
      return definitions.flatMap(({ name }) => tables.get(name) ?? [])
    },
    close: () => client.destroy(),
  }
}
