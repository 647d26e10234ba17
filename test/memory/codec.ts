import { deserialize, serialize } from 'node:v8'
import { StreamError } from '../../src/errors.ts'
import type { EventCodec } from '../../src/platform/codec.ts'

/** The port to Avro without Avro: any value, exactly, bigints included. */
export function memoryCodec(): EventCodec {
  return {
    encode: (kind, event) => serialize({ kind, event }),
    async decode(kind, value) {
      if (value === null) throw new StreamError('value_missing', 'the record has no value')
      const decoded = deserialize(value) as { kind: string; event: never }
      if (decoded.kind !== kind) throw new StreamError('value_undecodable', `the record is no ${kind}`)
      return decoded.event
    },
  }
}
