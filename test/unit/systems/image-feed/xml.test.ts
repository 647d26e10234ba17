import { describe, expect, it } from 'vitest'
import { parseText } from '../../../worlds/image-feed.ts'

const feed = (rows: string) => `<?xml version="1.0"?>\n<feed>\n${rows}\n</feed>\n`

describe('an XML feed', () => {
  it('has its rows in the root by default; text, entities and CDATA are as they read', async () => {
    const rows = await parseText(
      feed(
        '<image><sku>a &amp; b</sku><url>https://v.test/?x=1&amp;y=2</url><label><![CDATA[<Größe>]]> &#252;ber</label></image>',
      ),
    )
    expect(rows).toEqual([
      {
        place: 'line 3',
        sku: 'a & b',
        cells: { sku: ['a & b'], url: ['https://v.test/?x=1&y=2'], label: ['<Größe> über'] },
      },
    ])
  })

  it('may have its rows at a path, values in attributes, and several images in a row', async () => {
    const text = feed(`<shop><products>
      <product id="a"><media><image main="1" src="https://v.test/1">Front</image><image src="https://v.test/2"/></media></product>
      <product id="b"><media><image src="https://v.test/3">x</image></media></product>
    </products><product id="not one"/></shop>`)
    const rows = await parseText(text, {
      items: 'feed.shop.products.product',
      'columns.sku': '@id',
      'columns.url': 'media.image.@src',
      'columns.label': 'media.image',
    })
    expect(rows.map(({ sku, place, cells }) => [sku, place, cells.url, cells.label])).toEqual([
      ['a', 'line 4', ['https://v.test/1', 'https://v.test/2'], ['Front', '']],
      ['b', 'line 5', ['https://v.test/3'], ['x']],
    ])
  })

  it('has no names in a row of text alone: its characters are none', async () => {
    await expect(parseText('<feed><row>abc</row></feed>')).rejects.toThrow(/no row has a SKU in .* it has no names$/)
  })

  it('has names with their prefixes', async () => {
    const text = `<rss xmlns:g="http://base.google.com/ns/1.0"><channel><title>t</title><item><g:id>a</g:id>
      <g:image_link>https://v.test/1</g:image_link><g:additional_image_link>https://v.test/2</g:additional_image_link>
      <g:additional_image_link>https://v.test/3</g:additional_image_link></item></channel></rss>`
    const columns = { 'columns.sku': 'g:id', 'columns.url': 'g:image_link|g:additional_image_link' }
    const [row] = await parseText(text, { items: 'rss.channel.item', ...columns })
    expect(row?.cells.url).toEqual(['https://v.test/1', 'https://v.test/2', 'https://v.test/3'])
  })

  it('reads no document type: nothing of it is expanded or fetched', async () => {
    const row = '<image><sku>&x;</sku><url>https://v.test/1</url></image>'
    for (const entity of ['"boom"', 'SYSTEM "file:///etc/passwd"']) {
      const text = `<!DOCTYPE feed [<!ENTITY x ${entity}>]>\n<feed>${row}</feed>`
      await expect(parseText(text)).rejects.toThrow(/undefined entity/)
    }
    const laughs = `<!DOCTYPE feed [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><feed>${row.replace('&x;', '&b;')}</feed>`
    await expect(parseText(laughs)).rejects.toMatchObject({ code: 'source_data_invalid' })
    const harmless = `<!DOCTYPE feed SYSTEM "http://127.0.0.1:1/feed.dtd"><feed>${row.replace('&x;', 'a')}</feed>`
    expect(await parseText(harmless)).toHaveLength(1)
  })

  it('is not mistaken about elements named like parts of objects', async () => {
    const row = '<image><sku>a</sku><url>https://v.test/1</url><__proto__>x</__proto__><constructor/></image>'
    expect(await parseText(feed(row), { 'columns.label': '__proto__' })).toMatchObject([{ cells: { label: ['x'] } }])
  })

  it('has an odd row where one is too long, and the others go on', async () => {
    const row = (sku: string, more = '') => `<image><sku>${sku}</sku><url>https://v.test/${sku}</url>${more}</image>`
    const long = 'x'.repeat(1_100_000)
    const longs = [long, `<![CDATA[${long}]]>`, `<!--${long}-->`, 'x<b/>'.repeat(250_000)]
    const text = feed([row('a'), ...longs.map((more, index) => row(`long${index}`, more)), row('b'), row('c')].join(''))
    const rows = await parseText(text, { mostOddPercent: '80' }, 16_384)
    expect(rows.map(({ sku, odd }) => odd?.replace(/^line \d+ /, '') ?? sku)).toEqual([
      'a',
      ...longs.slice(0, 3).map(() => 'is longer than 1048576 characters'),
      'has more than 20000 elements',
      'b',
      'c',
    ])
  })

  it.each([
    ['cut within an element', '<feed><image><sku>a</sku><url>https://v.t', {}, /not complete/],
    ['cut between elements', '<feed><image><sku>a</sku><url>https://v.test/1</url></image>', {}, /not complete/],
    ['not well formed', '<feed><image><sku>a & b</sku></image></feed>', {}, /not complete, well-formed XML/],
    [
      'without the rows',
      '<feed><image><sku>a</sku></image></feed>',
      { items: 'feed.product' },
      /no element feed.product/,
    ],
    ['of other elements', '<feed><image><id>a</id></image></feed>', {}, /no row has a SKU in sku .*it has: id/],
  ])('is refused when it is %s', async (_, text, settings, message) => {
    await expect(parseText(text, settings)).rejects.toThrow(message)
    await expect(parseText(text, settings)).rejects.toMatchObject({ code: 'source_data_invalid' })
  })
})
