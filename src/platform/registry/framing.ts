import { StreamError } from '../../errors.ts'

const MAGIC_BYTE = 0
/** Confluent's framing: a zero byte, the schema's id in four bytes, then Avro. */
const FRAME_BYTES = 5

export function frame(id: number, avro: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(FRAME_BYTES + avro.length)
  framed.writeUInt8(MAGIC_BYTE, 0)
  framed.writeUInt32BE(id, 1)
  avro.copy(framed, FRAME_BYTES)
  return framed
}

/** The schema's id and the Avro bytes; throws `value_undecodable` for bytes that are not framed so. */
export function unframe(value: Buffer): { readonly id: number; readonly avro: Buffer } {
  if (value.length < FRAME_BYTES || value.readUInt8(0) !== MAGIC_BYTE) {
    throw new StreamError('value_undecodable', 'the value does not begin with a zero byte and a schema id')
  }
  return { id: value.readUInt32BE(1), avro: value.subarray(FRAME_BYTES) }
}
