import { entityOfRead, systemOfRead } from './read-id.ts'
import type { Shaped } from './shaped-documents.ts'
import { type Mistake, twiceAt } from './yaml-documents.ts'

/** Checks `feeds` of a connection: sources of merged galleries that it does not read, or reads without merging. */
export function checkFeeds({ value: { feeds, reads }, yaml }: Pick<Shaped<'connection'>, 'value' | 'yaml'>): Mistake[] {
  const { merge, sources = [] } = feeds?.images ?? {}
  const path = ['feeds', 'images', 'sources'] as const
  if (merge === undefined && sources.length > 0) {
    return [yaml.mistake(path, 'is for merged galleries: add merge: all or merge: first, or remove it')]
  }
  const known = new Set(reads.filter((read) => entityOfRead(read) === 'images').map(systemOfRead))
  const choice = [...known].join(', ') || 'none'
  return sources.flatMap((source, index) => {
    const first = sources.indexOf(source)
    if (first < index) return [yaml.mistake([...path, index], twiceAt(yaml.placeOf([...path, first])))]
    if (known.has(source)) return []
    return [
      yaml.mistake([...path, index], `is not a system that the connection reads images from; these are: ${choice}`),
    ]
  })
}
