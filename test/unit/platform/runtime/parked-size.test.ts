// A record of 204 kB was parked whole: with its copy in the local index it was no item of DynamoDB any more.
import { expect, it } from 'vitest'
import { type ParkedRecord, toParkedItem } from '../../../../src/platform/runtime/parked-item.ts'
import { createParking, parkingTables } from '../../../../src/platform/runtime/parking.ts'
import { memoryTables } from '../../../memory/tables.ts'

const about = {
  taskId: null,
  entity: 'products',
  source: 's',
  key: 'k',
  connection: 'c',
  eventId: 'e',
  occurredAt: null,
}

function parkedOf(bytes: number): ParkedRecord {
  const place = { topic: 't', partition: 0, offset: 1n, timestamp: 0, key: Buffer.from('k'), headers: [] }
  return {
    id: 'c|k#1',
    connection: 'c',
    key: 'k',
    rank: 'r',
    record: { ...place, value: Buffer.alloc(bytes, 1) },
    whole: true,
    attempts: 0,
    firstAt: 0,
    code: 'mapping_failed',
    message: 'ä'.repeat(100_000),
    about: { ...about, readAt: 1 } as ParkedRecord['about'],
  }
}

it.each([1_000, 130_000, 140_000, 204_000, 800_000])(
  'a record of %d bytes is parked, whatever its message',
  async (bytes) => {
    const parking = createParking(memoryTables(parkingTables), 'stage', 0)
    await parking.park(parkedOf(bytes), { held: 'c' })
    const [parked] = await parking.heldFor('c', 1)
    expect(parked).toMatchObject({ what: 'record', whole: bytes <= 130_000 })
    // The item and its copy in the index.
    expect(2 * Buffer.byteLength(JSON.stringify(toParkedItem(parkedOf(bytes))))).toBeLessThan(400 * 1024)
    expect(String(toParkedItem(parkedOf(bytes))['message'])).toHaveLength(2_000)
  },
)
