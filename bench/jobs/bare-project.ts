import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { KafkaMessage } from 'kafkajs'
import type { Config } from '../../src/config.ts'
import type { UniversalInventoryChanged } from '../../src/events/generated/events.ts'
import { forEachKey } from '../../src/platform/bounded.ts'
import type { FeedRow } from '../../src/projections/feed-row.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { bareTables } from '../bare-tables.ts'
import { type BareJob, bareCodec } from './bare-side.ts'

/** As many records at once, and as many writers, as the runtime takes: both write equally many rows. */
const BATCH = 500
const WRITERS = 16

/**
 * Folds 500 records at a time into a Map by the same pure function, from nothing, then one conditional put for each row
 * of the Map. It reads no rows, keeps no watermark, reports nothing, and knows nothing of the batch before.
 */
export function bareProject(config: Config): BareJob {
  return writesOf(config, (messages, decode) => [...fold(messages, decode).values()])
}

/** One conditional put for each event, what a consumer does that folds nothing; puts of one row do not overtake each other. */
export function projectEach(config: Config): BareJob {
  return writesOf(config, (messages, decode) => messages.flatMap((message) => [...fold([message], decode).values()]))
}

function writesOf(
  config: Config,
  rowsOf: (messages: readonly KafkaMessage[], decode: (value: Buffer | null) => unknown) => readonly FeedRow[],
): BareJob {
  const { documents } = bareTables(config)
  const table = `${config.tablePrefix}${inventoryFeed.table}`
  const { decode } = bareCodec('universal-inventory')
  return {
    topic: 'universal-inventory',
    async work(messages) {
      for (let from = 0; from < messages.length; from += BATCH) {
        const rows = rowsOf(messages.slice(from, from + BATCH), decode)
        await forEachKey(
          rows,
          ({ key }) => key,
          WRITERS,
          (row) => putIfNewer(documents, table, row),
        )
      }
    },
  }
}

function fold(messages: readonly KafkaMessage[], decode: (value: Buffer | null) => unknown): Map<string, FeedRow> {
  const rows = new Map<string, FeedRow>()
  for (const { value, offset, timestamp } of messages) {
    const event = decode(value) as UniversalInventoryChanged
    const position = { time: Number(timestamp), offset: BigInt(offset) }
    rows.set(event.key, inventoryFeed.evolve(rows.get(event.key), event, position))
  }
  return rows
}

async function putIfNewer(documents: DynamoDBDocumentClient, table: string, row: FeedRow): Promise<void> {
  const put = new PutCommand({
    TableName: table,
    Item: { pk: `bare#${row.connection}#${row.source}`, [inventoryFeed.key.attribute]: row.key, ...row },
    ConditionExpression: 'attribute_not_exists(pk) OR #rank < :rank OR (#rank = :rank AND #position <= :position)',
    ExpressionAttributeNames: { '#rank': 'rank', '#position': 'position' },
    ExpressionAttributeValues: { ':rank': row.rank, ':position': row.position },
  })
  await documents.send(put).catch((error: unknown) => {
    if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error
  })
}
