import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { codecOf } from '../../../../src/platform/registry/codec.ts'
import { typeOf } from '../../../../src/platform/registry/logical-types.ts'
import { syncRequested } from '../../../data/sync-request.ts'
import { schemaOf } from '../../../property/platform/event-arbitrary.ts'

const request = syncRequested('1')

type ById = (id: number) => Promise<string | undefined>

const codec = (kind: 'sync-requests' | 'inventory', byId: ById = async () => undefined) =>
  codecOf(new Map([[kind, { id: 1, type: typeOf(schemaOf(kind)), readers: new Map() }]]), { byId })

describe('the codec', () => {
  it('asks for a schema once, and again after it could not be asked for', async () => {
    const asked: number[] = []
    const { encode, decode } = codec('sync-requests', async (id) => {
      asked.push(id)
      if (asked.length === 1) throw new StreamError('registry_unavailable', 'gone')
      return JSON.stringify(schemaOf('sync-requests'))
    })
    const value = encode('sync-requests', request)
    await expect(decode('sync-requests', value)).rejects.toMatchObject({ code: 'registry_unavailable' })
    expect(await decode('sync-requests', value)).toEqual(request)
    expect(await decode('sync-requests', value)).toEqual(request)
    expect(asked).toEqual([1, 1])
  })

  it.each([0, 70_000, 1_000_000])('holds an event of %i bytes, and a small one after it', async (length) => {
    const { encode, decode } = codec('sync-requests', async () => JSON.stringify(schemaOf('sync-requests')))
    const event = { ...request, reason: 'r'.repeat(length) }
    const values = [encode('sync-requests', event), encode('sync-requests', request)]
    const events = await Promise.all(values.map((value) => decode('sync-requests', value)))
    expect(events).toEqual([event, request])
  })

  it('reads what an older writer wrote', async () => {
    const schema = schemaOf('sync-requests') as { fields: { name: string }[] }
    const older = { ...schema, fields: schema.fields.filter(({ name }) => name !== 'queueUrl') }
    const { queueUrl: _, ...event } = request
    const avro = typeOf(older).toBuffer(event)
    const value = Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), avro])
    const { decode } = codec('sync-requests', async () => JSON.stringify(older))
    expect(await decode('sync-requests', value)).toEqual(request)
  })

  it('does not read a decimal of another scale', async () => {
    const text = JSON.stringify(schemaOf('inventory'))
    const { decode } = codec('inventory', async () => text.replaceAll('"scale":8', '"scale":6'))
    await expect(decode('inventory', Buffer.from([0, 0, 0, 0, 9, 0]))).rejects.toMatchObject({
      code: 'value_undecodable',
    })
  })

  it.each([
    ['no frame', Buffer.from('{"json":true}')],
    ['too few bytes', Buffer.from([0, 0, 0])],
    ['Avro that ends too early', Buffer.from([0, 0, 0, 0, 1, 10])],
    [
      'Avro with bytes left over',
      Buffer.concat([codec('sync-requests').encode('sync-requests', request), Buffer.from('x')]),
    ],
  ])('refuses %s', async (_name, value) => {
    const { decode } = codec('sync-requests', async () => JSON.stringify(schemaOf('sync-requests')))
    await expect(decode('sync-requests', value)).rejects.toMatchObject({ code: 'value_undecodable' })
  })

  it('names the field of a decimal with too many digits, not its value', () => {
    const quantity = (10n ** 28n) as never
    const location = { location: 'a', onHand: quantity, available: quantity, attributes: {} }
    const event = {
      eventId: '1',
      contentDigest: '1',
      source: 's',
      key: 'k',
      taskId: null,
      occurredAt: null,
      readAt: 1,
      deleted: false,
      data: { sku: 'k', locations: [location], attributes: {} },
      raw: null,
    }
    expect(() => codec('inventory').encode('inventory', event)).toThrow(
      expect.objectContaining({ code: 'decimal_invalid', field: 'data.locations.0.onHand' }),
    )
    const wrong = { ...event, readAt: 'secret' as never, data: { ...event.data, locations: [] } }
    expect(() => codec('inventory').encode('inventory', wrong)).toThrow(
      expect.objectContaining({
        code: 'source_data_invalid',
        field: 'readAt',
        message: expect.not.stringContaining('secret'),
      }),
    )
  })
})
