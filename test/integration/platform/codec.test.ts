import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { createCodec } from '../../../src/platform/registry/codec.ts'
import { registerSchema } from '../../../src/platform/registry/register-schemas.ts'
import { createRegistryClient } from '../../../src/platform/registry/registry-client.ts'
import { eventOf, kinds } from '../../property/platform/event-arbitrary.ts'
import { silent } from './log-fixture.ts'

const url = inject('services')['SCHEMA_REGISTRY_URL'] ?? ''

interface Field {
  readonly name: string
  readonly type: unknown
  readonly default?: unknown
}

const schema = (...fields: readonly Field[]) =>
  JSON.stringify({ type: 'record', name: 'Priced', namespace: 'test', fields })
const decimal = (precision: number, scale: number) => ({ type: 'bytes', logicalType: 'decimal', precision, scale })
const sku: Field = { name: 'sku', type: 'string' }
const price: Field = { name: 'price', type: decimal(19, 4) }

describe('the codec on a real registry', () => {
  it('registers every schema with BACKWARD_TRANSITIVE, once', async () => {
    const prefix = `codec-${randomUUID()}.`
    const first = await createCodec({ url, prefix, logger: silent })
    const second = await createCodec({ url, prefix, logger: silent })
    for (const kind of kinds) {
      const subject = encodeURIComponent(`${prefix}${kind}-value`)
      const config = await (await fetch(`${url}/config/${subject}`)).json()
      expect(config).toMatchObject({ compatibilityLevel: 'BACKWARD_TRANSITIVE' })
      expect(await (await fetch(`${url}/subjects/${subject}/versions`)).json()).toEqual([1])
      const [event] = fc.sample(eventOf(kind), 1)
      if (event === undefined) throw new Error('no sample')
      expect(await second.decode(kind, first.encode(kind, event))).toEqual(event)
    }
  })

  it('says that a schema id is unknown, and that no bytes are there', async () => {
    const codec = await createCodec({ url, prefix: `codec-${randomUUID()}.`, logger: silent })
    const unknown = Buffer.from([0, 0x7f, 0xff, 0xff, 0xfe, 2])
    await expect(codec.decode('orders', unknown)).rejects.toMatchObject({ code: 'value_undecodable' })
    await expect(codec.decode('orders', null)).rejects.toMatchObject({ code: 'value_missing' })
  })

  it('says that the registry does not answer', async () => {
    const gone = createCodec({ url: 'http://127.0.0.1:1', prefix: '', logger: silent })
    await expect(gone).rejects.toMatchObject({ code: 'registry_unavailable' })
  })
})

describe('a changed schema', () => {
  const register = (subject: string, text: string) =>
    registerSchema(createRegistryClient({ url }), subject, text, silent)

  it('is taken when old events can be read with it', async () => {
    const subject = `changed-${randomUUID()}-value`
    const id = await register(subject, schema(sku, price))
    const name: Field = { name: 'name', type: ['null', 'string'], default: null }
    const next = await register(subject, schema(sku, price, name))
    expect(next).not.toBe(id)
    expect(await register(subject, schema(sku, price))).toBe(id)
  })

  it('is refused by the registry itself when they can not', async () => {
    const subject = `changed-${randomUUID()}-value`
    await register(subject, schema(sku))
    const withoutDefault = schema(sku, { name: 'name', type: 'string' })
    const refused = { code: 'schema_incompatible', message: expect.stringContaining(subject) }
    await expect(register(subject, withoutDefault)).rejects.toMatchObject(refused)
  })

  it('is refused by us when its scale changes, which the registry would take', async () => {
    const subject = `changed-${randomUUID()}-value`
    await register(subject, schema(sku, price))
    const rescaled = schema(sku, { ...price, type: decimal(19, 2) })
    await expect(register(subject, rescaled)).rejects.toMatchObject({
      code: 'schema_incompatible',
      message: expect.stringMatching(/price: .*scale 4 became .*scale 2/),
    })
    const registry = createRegistryClient({ url })
    expect(await registry.register(subject, rescaled)).toEqual(expect.any(Number))
  })
})
