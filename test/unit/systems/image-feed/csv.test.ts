import { describe, expect, it } from 'vitest'
import { parseText } from '../../../worlds/image-feed.ts'

const HEADER = 'sku,url,position,label,role\n'

describe('a CSV feed', () => {
  it('takes the columns in any order and case, and passes over others', async () => {
    const [row] = await parseText('url,extra, SKU \nhttps://v.test/a.jpg,x,a\n')
    expect(row).toMatchObject({ sku: 'a', cells: { sku: ['a'], url: ['https://v.test/a.jpg'] } })
  })

  it.each(['\n', '\r\n', '\r'])(
    'counts lines as an editor does, also over quoted line breaks and empty lines (%j)',
    async (end) => {
      const lines = [
        'sku,url,position,label,role',
        'a,https://v.test/a.jpg,1,,',
        '',
        `b,https://v.test/b.jpg,1,"two${end}lines",`,
      ]
      const rows = await parseText(`${[...lines, 'c,nowhere,1,,'].join(end)}${end}`)
      expect(rows.map(({ sku, place }) => [sku, place])).toEqual([
        ['a', 'line 2'],
        ['b', 'line 4'],
        ['c', 'line 6'],
      ])
    },
  )

  it.each([
    ['semicolons', { delimiter: ';' }, 'sku;url;label\na;https://v.test/a.jpg;"one; two, ""three"""\n'],
    ['tabs', { delimiter: 'tab' }, 'sku\turl\tlabel\na\thttps://v.test/a.jpg\t"one; two, ""three"""\n'],
    ['single quotes', { quote: "'" }, `sku,url,label\na,https://v.test/a.jpg,'one; two, "three"'\n`],
  ])('may have %s', async (_, settings, text) => {
    expect((await parseText(text, settings))[0]?.cells.label).toEqual(['one; two, "three"'])
  })

  it('may have no quotes at all: inches are no quotes then', async () => {
    const text = 'sku,url,label\na,https://v.test/a.jpg,"13" screen\n'
    await expect(parseText(text)).rejects.toThrow(/cut short or is damaged/)
    expect((await parseText(text, { quote: 'none' }))[0]?.cells.label).toEqual(['"13" screen'])
  })

  it('may have columns of other names, and several addresses in a row', async () => {
    const settings = { 'columns.sku': 'Item No.', 'columns.url': 'Image 1|Image 2', 'columns.label': 'Alt' }
    const [row] = await parseText('Item No.,Image 1,Image 2,Alt\na,https://v.test/1,https://v.test/2,x\n', settings)
    expect(row?.cells).toMatchObject({ sku: ['a'], url: ['https://v.test/1', 'https://v.test/2'], label: ['x'] })
  })

  it('may have several addresses in a cell', async () => {
    const text = 'sku,url\na,"https://v.test/1, https://v.test/2"\n'
    expect((await parseText(text, { separator: ',' }))[0]?.cells.url).toEqual(['https://v.test/1', 'https://v.test/2'])
  })

  it.each([
    ['without its last line break', 'a,https://v.test/a.jpg,1,,\nb,https://v.test/b,,,ima', /end with a line break/],
    ['before its last address', 'a,https://v.test/a.jpg,1,,\nb\n', /its last row, line 3 has 1 columns of 5/],
    ['within a quoted cell', 'a,https://v.test/a.jpg,1,"Bac\n', /a quote that opens in line 2 is not closed/],
    [
      'within a quoted cell that never ends',
      `a,https://v.test/a.jpg,1,"${'x'.repeat(1_100_000)}\n`,
      /line 2 is longer than 1048576 characters/,
    ],
    [
      'or has a delimiter that is not quoted',
      'a,https://v.test/a.jpg,1,Back, left,image\n',
      /line 2 has 6 columns of 5/,
    ],
  ])('is refused as a whole when it was cut short %s', async (_, rows, message) => {
    const parsed = parseText(HEADER + rows, {}, Math.ceil(rows.length / 9))
    await expect(parsed).rejects.toThrow(message)
    await expect(parsed).rejects.toMatchObject({ code: 'source_data_invalid' })
  })

  it('may be told to have no line break at its end, and empty cells too many', async () => {
    const rows = await parseText(`${HEADER}a,https://v.test/a.jpg,1,,,,`, { lastLineBreak: 'optional' })
    expect(rows).toHaveLength(1)
  })

  it.each([
    ['no SKU', 'item,url\n1,https://v.test\n', {}, /no column "sku"; it has: item, url/],
    ['no address', 'sku,link\n1,https://v.test\n', {}, /no column "url"/],
    ['a column less than the settings name', HEADER, { 'columns.label': 'Alt' }, /no column "Alt"/],
    ['nothing', '', {}, /it is empty/],
    ['only empty SKUs', `${HEADER},https://v.test/a.jpg,1,,\n`, {}, /no row has a SKU/],
    ['only empty addresses', `${HEADER}a,,1,,\n`, {}, /no row has an address/],
  ])('is refused when it has %s', async (_, text, settings, message) => {
    await expect(parseText(text, { format: 'csv', ...settings })).rejects.toThrow(message)
  })

  it('may have a header and no rows', async () => {
    expect(await parseText(HEADER)).toEqual([])
  })

  it('is no web page', async () => {
    for (const page of ['<!DOCTYPE html><html></html>\n', '\n<html>\n']) {
      await expect(parseText(page)).rejects.toMatchObject({ code: 'target_unavailable' })
    }
  })
})
