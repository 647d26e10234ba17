import type { TableDefinition } from '../platform/dynamodb/tables.ts'
import { feedTable } from './feed-table.ts'
import { imageFeed } from './image-feed.ts'
import { inventoryFeed } from './inventory-feed.ts'
import { productFeed } from './product-feed.ts'
import { rebuildTables } from './rebuild/rebuild.ts'

/** A row per task and entity (`connection#key`; `*#key` as read, before it is routed). */
export const SYNC_ENTITIES = 'sync_entities'
/** A row per dead letter. */
export const DEAD_LETTERS = 'dead_letters'
/** Summaries of dead letters by the time they first failed: those to be seen to (`active`), and the others (`ended`). */
export const DEAD_LETTER_SHELVES = 'dead_letter_shelves'

export const projectionTables: readonly TableDefinition[] = [
  feedTable(productFeed.table),
  feedTable(inventoryFeed.table),
  feedTable(imageFeed.table),
  { name: SYNC_ENTITIES, partitionKey: 'task', sortKey: 'entity' },
  { name: DEAD_LETTERS, partitionKey: 'id' },
  { name: DEAD_LETTER_SHELVES, partitionKey: 'shelf', sortKey: 'place' },
  ...rebuildTables,
]
