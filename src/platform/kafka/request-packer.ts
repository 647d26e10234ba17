import type { OutgoingRecord } from './event-log.ts'

/** Most bytes of one request to the broker, well under the 1 MB of a topic's `max.message.bytes`. */
const MAX_REQUEST_BYTES = 900_000
/** Upper bound of the length of a record's own fields in Kafka's format. */
const RECORD_OVERHEAD = 64
const HEADER_OVERHEAD = 8

/** One call of `send`: its records go out in one or more requests; it ends when all are acknowledged or one failed. */
export interface PendingSend {
  readonly records: readonly OutgoingRecord[]
  /** Records that are in a request already. */
  taken: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface PackedRequest {
  readonly records: readonly OutgoingRecord[]
  /** The sends that these records belong to. */
  readonly sends: readonly PendingSend[]
}

/** Upper bound of a record's bytes on the wire. */
export function recordBytes({ key, value, headers = {} }: OutgoingRecord): number {
  const ofHeaders = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => Buffer.byteLength(name) + Buffer.byteLength(value)),
  )
  const sum = ofHeaders.reduce((total, bytes) => total + bytes + HEADER_OVERHEAD, 0)
  return RECORD_OVERHEAD + Buffer.byteLength(key) + value.length + sum
}

/**
 * Takes the next records in order, from as many sends as fit into one request. A record that doesn't fit with others is
 * sent alone, so that no other send fails when the broker refuses it for its size (Guarantee 5).
 */
export function packRequest(pending: readonly PendingSend[], maxBytes = MAX_REQUEST_BYTES): PackedRequest {
  const records: OutgoingRecord[] = []
  const sends: PendingSend[] = []
  let bytes = 0
  for (const send of pending) {
    for (; send.taken < send.records.length; send.taken += 1) {
      const record = send.records[send.taken]
      if (record === undefined) break
      const more = recordBytes(record)
      if (records.length > 0 && bytes + more > maxBytes) return { records, sends }
      bytes += more
      records.push(record)
      if (sends.at(-1) !== send) sends.push(send)
    }
  }
  return { records, sends }
}
