import { describe, expect, it } from 'vitest'
import { parseText } from '../../../worlds/image-feed.ts'

describe('a JSON feed', () => {
  it('is a list of rows, whose numbers are the text they are', async () => {
    const rows = await parseText('[{"sku":1000000000000000000000001,"url":"https://v.test/a","position":1.0}]')
    expect(rows).toEqual([
      {
        place: 'row 1',
        sku: '1000000000000000000000001',
        cells: { sku: ['1000000000000000000000001'], url: ['https://v.test/a'], position: ['1.0'] },
      },
    ])
  })

  it('may have its list at a path', async () => {
    const text = JSON.stringify({ meta: {}, products: { images: [{ sku: 'a', url: 'https://v.test/a' }] } })
    expect(await parseText(text, { items: 'products.images' })).toHaveLength(1)
  })

  it('may have the images of a product in a list of its own, their fields side by side', async () => {
    const media = [
      { src: 'https://v.test/1', alt: 'One' },
      { src: 'https://v.test/2' },
      { src: 'https://v.test/3', alt: 'Drei' },
    ]
    const columns = { 'columns.sku': 'id', 'columns.url': 'media.src', 'columns.label': 'media.alt' }
    const [row] = await parseText(JSON.stringify([{ id: 'a', media }]), columns)
    expect(row?.cells).toMatchObject({ url: media.map(({ src }) => src), label: ['One', '', 'Drei'] })
  })

  it('may have its addresses as a list of texts', async () => {
    const [row] = await parseText('[{"sku":"a","url":["https://v.test/1","https://v.test/2"]}]')
    expect(row?.cells.url).toEqual(['https://v.test/1', 'https://v.test/2'])
  })

  it.each([
    ['{"sku":"a"', 'cut', /not complete JSON/],
    ['[{"sku":"a","url":"https://v.test/a"}', 'cut', /not complete JSON/],
    ['{"sku":"a"}', 'no list', /not a list itself/],
    ['[{"id":"a"}]', 'of other fields', /no row has a SKU in sku .*it has: id/],
    ['[{"sku":"a"}]', 'without addresses', /no row has an address/],
  ])('is refused when it is %s (%s)', async (text, _, message) => {
    await expect(parseText(text)).rejects.toThrow(message)
    await expect(parseText(text)).rejects.toMatchObject({ code: 'source_data_invalid' })
  })

  it('tells what is not at the path', async () => {
    await expect(parseText('{"items":{}}', { items: 'items' })).rejects.toThrow(/no list at "items"/)
    await expect(parseText('{}', { items: '__proto__' })).rejects.toThrow(/no list at/)
  })

  it('may be empty', async () => {
    expect(await parseText('[]')).toEqual([])
  })
})
