import { readConfiguration } from '../configuration/read-configuration.ts'
import { createDeadLetters, type DeadLetters } from '../control/dead-letters/create-dead-letters.ts'
import type { PreviewRetry } from '../control/dead-letters/preview.ts'
import { createFindProducts } from '../projections/find-products.ts'
import { letterStore } from '../projections/letter-store.ts'
import type { LetterFilter } from '../projections/list-dead-letters.ts'
import type { Platform } from './platform.ts'
import { createPreview } from './preview-retry.ts'

/** What the API and the command need for dead letters. */
export function deadLetterParts(platform: Platform): {
  readonly deadLetters: DeadLetters<LetterFilter>
  readonly previewRetry: PreviewRetry
} {
  const { tables, config } = platform
  const products = createFindProducts({ ...platform, shards: config.partitions })
  const parts = { ...platform, topicPrefix: config.topicPrefix, products }
  return {
    deadLetters: createDeadLetters({ ...parts, store: letterStore(tables) }),
    previewRetry: createPreview(parts, () => readConfiguration(tables)),
  }
}
