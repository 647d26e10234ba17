import { describe, expect, it } from 'vitest'
import { rowsOfFile } from '../../../worlds/file-rows.ts'

const xml = { format: 'xml' } as const

describe('rows of XML', () => {
  it('are the elements at a path, with columns by path and attribute', async () => {
    const text =
      '<?xml version="1.0"?>\n<g:stock xmlns:g="x"><date>today</date>\n<item id="007"><g:qty>5</g:qty><price cur="EUR"> 1.50 </price>' +
      '<at><shelf>&#65;&amp;1</shelf></at><more cur="EUR"/><note><![CDATA[<b>]]></note></item></g:stock>'
    const [row, ...others] = await rowsOfFile(text, { ...xml, rows: 'g:stock.item' }, ['@id', 'G:QTY'])
    expect(others).toEqual([])
    expect([row?.place, row?.cell('@ID'), row?.cell('price'), row?.cell('at.shelf'), row?.cell('no')]).toEqual([
      'row 1 (line 3)',
      '007',
      '1.50',
      'A&1',
      '',
    ])
    expect(row?.all()).toEqual({
      '@id': '007',
      'g:qty': '5',
      price: '1.50',
      'price.@cur': 'EUR',
      'at.shelf': 'A&1',
      'more.@cur': 'EUR',
      note: '<b>',
    })
  })

  it('may be empty, but not text; a repeated element is no single value', async () => {
    const text = '<stock><row/><row> </row><row>B</row><row><sku>A</sku><sku>B</sku><qty>1</qty></row></stock>'
    const found = await rowsOfFile(text, xml)
    expect(found.map(({ odd }) => odd)).toEqual([null, null, 'has a text, but no elements', null])
    expect(() => found[3]?.cell('sku')).toThrow('stock.xml, row 4 (line 1), column sku: it is a list, not one value')
    expect(await rowsOfFile('<stock><items/></stock>', { ...xml, rows: 'stock.items.item' })).toEqual([])
  })

  it('have a place each, also in a document of one line', async () => {
    const found = await rowsOfFile('<stock><row>A</row><row>B</row></stock>', xml)
    expect(found.map(({ number }) => number)).toEqual([1, 2])
  })

  it.each<[string, string, RegExp]>([
    ['rows of another name', '<stock><Row/></stock>', /has no element stock.row; set settings.inventory.rows/],
    ['rows with a prefix', '<stock xmlns:v="x"><v:row/></stock>', /has no element stock.row; set/],
    ['an empty file', '', /was cut short or is damaged/],
    ['a root that is not closed', '<stock><row><sku>A</sku><qty>1</qty></row>', /was cut short or is damaged/],
    ['another root', '<prices><row/></prices>', /has no element stock.row; set settings.inventory.rows/],
    ['another field', '<stock><row><sku>A</sku></row></stock>', /no row has qty, but the first has "sku"/],
    ['an entity', '<!DOCTYPE s [<!ENTITY a "b">]><stock><row><sku>&a;</sku></row></stock>', /undefined entity/],
  ])('of %s are refused', async (_, text, message) => {
    await expect(rowsOfFile(text, { ...xml, rows: 'stock.row' })).rejects.toMatchObject({
      code: 'source_data_invalid',
      message: expect.stringMatching(message),
    })
  })
})
