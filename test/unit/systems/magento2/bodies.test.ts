import { describe, expect, it } from 'vitest'
import { decimal8 } from '../../../../src/events/decimal.ts'
import type { UniversalImages } from '../../../../src/events/generated/events.ts'
import { stringifyExact } from '../../../../src/platform/json.ts'
import { entryOf, formatOf, markOf, mediaChanges } from '../../../../src/systems/magento2/media.ts'
import { productBody } from '../../../../src/systems/magento2/product-body.ts'
import { sourceItemsOf } from '../../../../src/systems/magento2/stock.ts'

const plain = (value: unknown) => JSON.parse(stringifyExact(value)) as unknown

describe('a product', () => {
  const body = (attributes: Record<string, unknown>, created: { attributeSet: number } | null = null) => {
    const texts = Object.entries(attributes).map(([name, value]) => [name, JSON.stringify(value)] as const)
    return plain(productBody({ sku: 'A', attributes: Object.fromEntries(texts) }, created))
  }

  it('has its own fields apart from custom attributes, and is named by its SKU', () => {
    expect(
      body({
        sku: 'other',
        name: 'Ä',
        price: '19.90',
        weight: 1.5,
        status: 1,
        visibility: '4',
        attribute_set_id: 9,
        type_id: 'virtual',
        color: 'Red',
        tags: ['a', 'b'],
        eco: true,
        spec: { a: 1 },
        count: 3,
        gone: null,
      }),
    ).toEqual({
      product: {
        sku: 'A',
        name: 'Ä',
        price: 19.9,
        weight: 1.5,
        status: 1,
        visibility: 4,
        attribute_set_id: 9,
        type_id: 'virtual',
        custom_attributes: [
          { attribute_code: 'color', value: 'Red' },
          { attribute_code: 'tags', value: ['a', 'b'] },
          { attribute_code: 'eco', value: '1' },
          { attribute_code: 'spec', value: '{"a":1}' },
          { attribute_code: 'count', value: '3' },
          { attribute_code: 'gone', value: '' },
        ],
      },
    })
  })

  it('keeps every digit of a price', () => {
    const written = stringifyExact(productBody({ sku: 'A', attributes: { price: '"12345678901.12345678"' } }, null))
    expect(written).toContain('"price":12345678901.12345678')
  })

  it('has websites and categories among its extension attributes', () => {
    expect(body({ website_ids: [1, '2'], category_ids: ['7', 8] })).toEqual({
      product: {
        sku: 'A',
        extension_attributes: {
          website_ids: [1, 2],
          category_links: [
            { position: 0, category_id: '7' },
            { position: 1, category_id: '8' },
          ],
        },
      },
    })
  })

  it('that is new gets what Magento needs; one that is there keeps what is not named', () => {
    expect(body({ name: 'N', price: null }, { attributeSet: 11 })).toEqual({
      product: { sku: 'A', name: 'N', type_id: 'simple', visibility: 4, attribute_set_id: 11 },
    })
    expect(body({ name: 'N', price: null })).toEqual({ product: { sku: 'A', name: 'N' } })
  })

  it.each([
    ['price', 'cheap'],
    ['price', { a: 1 }],
    ['status', true],
    ['visibility', 1.5],
    ['name', ['x']],
  ])('with %s %j is refused, naming the attribute', (name, value) => {
    expect(() => body({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'mapping_failed', field: `data.attributes.${name}` }),
    )
  })
})

describe('stock', () => {
  const row = (...stock: readonly (readonly [location: string, available: string])[]) => ({
    locations: stock.map(([location, available]) => ({
      location,
      onHand: decimal8('99', ''),
      available: decimal8(available, ''),
    })),
  })
  const items = (stock: ReturnType<typeof row>, locations?: Record<string, string>) =>
    plain(sourceItemsOf('A', stock, locations === undefined ? null : { locations })) as {
      source_code: string
      quantity: number
      status: number
    }[]
  const told = (...args: Parameters<typeof items>) =>
    items(...args).map(({ source_code: code, quantity, status }) => `${code} ${quantity} ${status}`)

  it('without a policy is all in the default source; a location that owes takes nothing from others', () => {
    expect(told(row(['E', '3'], ['W', '-2'], ['S', '1.5']))).toEqual(['default 4.5 1'])
    expect(told(row())).toEqual(['default 0 0'])
  })

  it('goes by the policy: several locations add up, the rest goes to *, and sources without any are emptied', () => {
    const locations = { E: 'east', E2: 'east', W: 'west', '*': 'rest' }
    expect(told(row(['E', '3'], ['E2', '2'], ['N', '4']), locations)).toEqual(['east 5 1', 'west 0 0', 'rest 4 1'])
    expect(told(row(['E', '3'], ['N', '4']), { E: 'east' })).toEqual(['east 3 1'])
    expect(told(row(['E', '3']), {})).toEqual([])
  })

  it('is cut to what Magento keeps, never rounded up', () => {
    expect(told(row(['E', '0.99999999']))).toEqual(['default 0.9999 1'])
    expect(told(row(['E', '0.00009']))).toEqual(['default 0 0'])
  })
})

describe('images', () => {
  const mark = markOf('ws-', 'con', 'feed')
  const images = (more: Partial<UniversalImages>): UniversalImages => ({
    sku: 'A',
    image: null,
    smallImage: null,
    thumbnail: null,
    swatchImage: null,
    gallery: [],
    ...more,
  })
  const picture = (url: string, position = 1) => ({
    url,
    position,
    label: `L ${url}`,
    mediaType: 'image',
    picture: null,
  })
  const nameOf = (url: string) => mediaChanges([], images({ gallery: [picture(url)] }), mark).add[0]?.name ?? ''
  const entry = (id: number, url: string, more: object = {}) => ({
    id,
    file: `/w/s/${nameOf(url)}.jpg`,
    label: `L ${url}`,
    position: 1,
    disabled: false,
    types: [],
    ...more,
  })
  const own = { id: 1, file: '/m/y/my-own.jpg', label: null, position: 1, disabled: false, types: ['image'] }

  it('are added with their roles; a role that an image of the store has stays there', () => {
    const row = images({
      image: 'u1',
      thumbnail: 'u1',
      smallImage: 'u2',
      gallery: [picture('u1', 2), picture('u2', 1)],
    })
    expect(mediaChanges([own], row, mark)).toMatchObject({
      add: [
        { url: 'u2', types: ['small_image'], position: 1 },
        { url: 'u1', types: ['thumbnail'], position: 2 },
      ],
      change: [],
      remove: [],
    })
  })

  it('that are there unchanged are left alone, others are changed, and ours that are gone go', () => {
    const gallery = [own, entry(2, 'u1'), entry(3, 'u2', { position: 9 }), entry(4, 'u3')]
    const row = images({ gallery: [picture('u1'), picture('u2')] })
    expect(mediaChanges(gallery, row, mark)).toMatchObject({ add: [], change: [{ id: '3' }], remove: ['4'] })
  })

  it('never are the store’s own, nor of another connection or source', () => {
    const foreign = { ...own, id: 9, file: `/w/s/${markOf('ws-', 'other', 'feed')}0123456789abcdef.jpg` }
    expect(mediaChanges([own, foreign], null, mark)).toEqual({ add: [], change: [], remove: [] })
    expect(markOf('ws-', 'con', 'feed2')).not.toBe(mark)
  })

  it('that came twice are there once: the one with a number goes', () => {
    const twice = entry(5, 'u1', { file: `/w/s/${nameOf('u1')}_1.jpg` })
    const row = images({ gallery: [picture('u1')] })
    expect(mediaChanges([twice, entry(2, 'u1')], row, mark)).toEqual({ add: [], change: [], remove: ['5'] })
    expect(mediaChanges([twice], row, mark)).toEqual({ add: [], change: [], remove: [] })
  })

  it('named only by a role come too, once; videos do not', () => {
    const video = { ...picture('v'), mediaType: 'external-video', picture: null }
    const { add } = mediaChanges([], images({ image: 'r', smallImage: 'r', gallery: [video] }), mark)
    expect(add).toMatchObject([{ url: 'r', types: ['image', 'small_image'] }])
  })

  it('are known by their first bytes', () => {
    const bytes = (text: string) => Buffer.from(text, 'latin1')
    expect(formatOf(bytes('\xff\xd8\xff\xe0'))).toBe('jpeg')
    expect(formatOf(bytes('\x89PNG\r\n\x1a\n'))).toBe('png')
    expect(formatOf(bytes('GIF89a'))).toBe('gif')
    expect(formatOf(bytes('RIFF....WEBP'))).toBe('webp')
    expect(formatOf(bytes('<html>'))).toBeNull()
    const [image] = mediaChanges([], images({ gallery: [picture('u1')] }), mark).add
    if (image === undefined) throw new Error('no image')
    expect(entryOf(image, { bytes: bytes('GIF89a'), format: 'gif' })).toMatchObject({
      content: { type: 'image/gif', name: `${image.name}.gif`, base64_encoded_data: 'R0lGODlh' },
    })
  })
})
