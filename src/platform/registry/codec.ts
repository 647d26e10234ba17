import type { Type } from 'avsc'
import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import { assertPossibleTimes } from '../../events/times.ts'
import type { TopicEvents, TopicKind } from '../../events/topics.ts'
import type { EventCodec } from '../codec.ts'
import { typeOf } from './logical-types.ts'
import { registerSchema } from './register-schemas.ts'
import { createRegistryClient, type RegistryClient, type RegistrySettings } from './registry-client.ts'
import { allKinds, readSchema } from './schema-files.ts'

export interface CodecSettings extends RegistrySettings {
  /** TOPIC_PREFIX; subjects are `<prefix><kind>-value`. */
  readonly prefix: string
  readonly logger: Logger
}

/** Reads values that were written with one schema. */
type Reader = (avro: Buffer) => unknown

interface KindSchema {
  readonly id: number
  readonly type: Type
  /** Readers by the writer's schema id. Failed look-ups are not cached, so that the next record tries again. */
  readonly readers: Map<number, Promise<Reader>>
}

function subjectOf(prefix: string, kind: TopicKind): string {
  return `${prefix}${kind}-value`
}

/**
 * Registers every schema of schemas/ (BACKWARD_TRANSITIVE) and returns the codec. Throws `schema_incompatible` and
 * `registry_unavailable`.
 */
export async function createCodec(settings: CodecSettings): Promise<EventCodec> {
  const registry = createRegistryClient(settings)
  const kinds = new Map<TopicKind, KindSchema>()
  await Promise.all(
    allKinds().map(async (kind) => {
      const schema = readSchema(kind)
      const id = await registerSchema(registry, subjectOf(settings.prefix, kind), schema, settings.logger)
      kinds.set(kind, kindSchema(id, schema))
    }),
  )
  return codecOf(kinds, registry)
}

/** A schema with its registered id. */
export function kindSchema(id: number, schema: string): KindSchema {
  const type = typeOf(JSON.parse(schema))
  return { id, type, readers: new Map([[id, Promise.resolve(readWith(type))]]) }
}

/** The codec over schemas that are already registered. */
export function codecOf(kinds: ReadonlyMap<TopicKind, KindSchema>, registry: Pick<RegistryClient, 'byId'>): EventCodec {
  const schemaOf = (kind: TopicKind): KindSchema => {
    const schema = kinds.get(kind)
    if (schema === undefined) throw new Error(`no schema for ${kind}`)
    return schema
  }
  return {
    encode(kind, event) {
      const { id, type } = schemaOf(kind)
      assertPossibleTimes(event)
      try {
        return framed(id, type, event)
      } catch (error) {
        throw notEncodableError(kind, type, event, error)
      }
    },
    async decode<K extends TopicKind>(kind: K, value: Buffer | null) {
      if (value === null) throw new StreamError('value_missing', `a record of ${kind} has no value`)
      const { id, avro } = unframe(value)
      const read = await readerFor(schemaOf(kind), id, registry)
      const event = decodeWith(read, avro, kind)
      assertPossibleTimes(event)
      return event
    },
  }
}

function decodeWith<K extends TopicKind>(read: Reader, avro: Buffer, kind: K): TopicEvents[K] {
  try {
    return read(avro) as TopicEvents[K]
  } catch (error) {
    throw new StreamError('value_undecodable', `not a valid ${kind} event`, { cause: error })
  }
}

function readerFor(schema: KindSchema, id: number, registry: Pick<RegistryClient, 'byId'>): Promise<Reader> {
  const known = schema.readers.get(id)
  if (known !== undefined) return known
  const reader = findReader(schema, id, registry)
  schema.readers.set(id, reader)
  reader.catch(() => schema.readers.delete(id))
  return reader
}

async function findReader({ type }: KindSchema, id: number, registry: Pick<RegistryClient, 'byId'>): Promise<Reader> {
  const written = await registry.byId(id)
  if (written === undefined) throw new StreamError('value_undecodable', `the registry has no schema ${id}`)
  try {
    return readWith(type, typeOf(JSON.parse(written)))
  } catch (error) {
    throw new StreamError('value_undecodable', `schema ${id} can't be read as ${type.name}`, { cause: error })
  }
}

function readWith(type: Type, writer?: Type): Reader {
  const resolver = writer === undefined ? undefined : type.createResolver(writer)
  return (avro) => type.fromBuffer(avro, resolver)
}

/** Names the first field that does not match the schema, but never its value, which may be personal. */
function notEncodableError(kind: TopicKind, type: Type, event: unknown, cause: unknown): StreamError {
  const misfits: { readonly field: string; readonly decimal: boolean }[] = []
  type.isValid(event, {
    errorHook: (path, value) => misfits.push({ field: path.join('.'), decimal: typeof value === 'bigint' }),
  })
  const { field, decimal } = misfits[0] ?? { field: '', decimal: false }
  if (decimal) {
    return new StreamError('decimal_invalid', `${kind}: ${field} has more digits than its schema allows`, {
      field,
      cause,
    })
  }
  return new StreamError('source_data_invalid', `${kind}: ${field} does not match its schema`, { field, cause })
}

const MAGIC_BYTE = 0
/** Confluent's framing: a zero byte, the schema's id in four bytes, then Avro. */
const FRAME_BYTES = 5

/** Buffer for encoding, since an event's length is known only afterwards. Grows to the largest event so far. */
let scratch = Buffer.allocUnsafe(64 * 1024)

function framed(id: number, type: Type, event: unknown): Buffer {
  let end = type.encode(event, scratch, FRAME_BYTES)
  if (end < 0) {
    // `end` is minus the number of missing bytes.
    scratch = Buffer.allocUnsafe(2 * (scratch.length - end))
    end = type.encode(event, scratch, FRAME_BYTES)
  }
  scratch.writeUInt8(MAGIC_BYTE, 0)
  scratch.writeUInt32BE(id, 1)
  return Buffer.from(scratch.subarray(0, end))
}

/** The schema's id and the Avro bytes; throws `value_undecodable` for bytes without this framing. */
function unframe(value: Buffer): { readonly id: number; readonly avro: Buffer } {
  if (value.length < FRAME_BYTES || value.readUInt8(0) !== MAGIC_BYTE) {
    throw new StreamError('value_undecodable', 'the value does not begin with a zero byte and a schema id')
  }
  return { id: value.readUInt32BE(1), avro: value.subarray(FRAME_BYTES) }
}
