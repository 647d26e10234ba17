import type { TopicKind } from '../../events/topics.ts'
import { type AvroNode, type AvroSchema, namedTypes } from './avro-node.ts'
import { readSchema } from './schema-files.ts'

/** A kind's schema with its named records. */
export interface ParsedSchema {
  readonly schema: AvroSchema
  readonly named: ReadonlyMap<string, AvroNode>
}

const parsed = new Map<TopicKind, ParsedSchema>()

/** The schema of a kind from schemas/; each file is read once. */
export function parsedSchema(kind: TopicKind): ParsedSchema {
  const known = parsed.get(kind)
  if (known !== undefined) return known
  const schema = JSON.parse(readSchema(kind)) as AvroSchema
  const own = { schema, named: namedTypes(schema) }
  parsed.set(kind, own)
  return own
}
