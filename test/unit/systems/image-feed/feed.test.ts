import { describe, expect, it } from 'vitest'
import { groupBySku, toGallery } from '../../../../src/systems/image-feed/images.ts'
import { parseFeed } from '../../../../src/systems/image-feed/parse.ts'

const HEADER = 'sku,url,position,label,role\n'
const read = (rows: string) => groupBySku(parseFeed(HEADER + rows))

describe('the image feed', () => {
  it('gives a gallery of each SKU, in the order of SKUs and positions', () => {
    const entities = read(
      'b,https://v.test/b.jpg,1,,\na,https://v.test/2.jpg,2,"Back, left",thumbnail\na,https://v.test/1.jpg,1,,image|small_image\n',
    )
    expect(entities.map(({ sku }) => sku)).toEqual(['a', 'b'])
    expect(entities.map(toGallery)[0]).toEqual({
      sku: 'a',
      image: 'https://v.test/1.jpg',
      smallImage: 'https://v.test/1.jpg',
      thumbnail: 'https://v.test/2.jpg',
      swatchImage: null,
      gallery: [
        { url: 'https://v.test/1.jpg', position: 1, label: null, mediaType: 'image', storeId: null },
        { url: 'https://v.test/2.jpg', position: 2, label: 'Back, left', mediaType: 'image', storeId: null },
      ],
      attributes: {},
    })
  })

  it.each(['\n', '\r\n'])(
    'counts lines as an editor does, also over quoted line breaks and empty lines (%j)',
    (end) => {
      const lines = [
        'sku,url,position,label,role',
        'a,https://v.test/a.jpg,1,,',
        '',
        `b,https://v.test/b.jpg,1,"two${end}lines",`,
      ]
      const rows = parseFeed(`\ufeff${[...lines, 'c,nowhere,1,,'].join(end)}${end}`)
      expect(rows.map(({ line, cells }) => [cells.sku, line])).toEqual([
        ['a', 2],
        ['b', 4],
        ['c', 6],
      ])
    },
  )

  it('takes the columns in any order and passes over others', () => {
    const [row] = parseFeed('url,extra,SKU\nhttps://v.test/a.jpg,x,a\n')
    expect(row?.cells).toEqual({ sku: 'a', url: 'https://v.test/a.jpg', position: '', label: '', role: '' })
  })

  it.each([
    ['no SKU', ',https://v.test/a.jpg,1,,\n', /line 2, column "sku": is empty/],
    ['no address', 'a,not a url,1,,\n', /line 2, column "url": is no http or https address/],
    ['another protocol', 'a,file:///etc/passwd,1,,\n', /column "url"/],
    ['a position that is none', 'a,https://v.test/a.jpg,first,,\n', /column "position"/],
    ['an unknown role', 'a,https://v.test/a.jpg,1,,image|hero\n', /column "role": "hero" is none of/],
  ])('names line and column of a wrong row: %s', (_, rows, message) => {
    const [entity] = read(rows)
    expect(() => entity && toGallery(entity)).toThrow(message)
  })

  it('makes a SKU with one wrong row unreadable, and no other', () => {
    const entities = read('a,https://v.test/a.jpg,1,,\na,nowhere,2,,\nb,https://v.test/b.jpg,1,,\n')
    expect(() => entities[0] && toGallery(entities[0])).toThrow(/line 3/)
    expect(entities[1] && toGallery(entities[1]).gallery).toHaveLength(1)
  })

  it.each([
    ['without its last line break', 'a,https://v.test/a.jpg,1,,\nb,https://v.test/b', /does not end with a line break/],
    ['with a row that ends early', 'a,https://v.test/a.jpg,1,,\nb,https://v.test/b.jpg\n', /line 3 has 2 columns of 5/],
    ['within a quoted cell', 'a,https://v.test/a.jpg,1,"Bac\n', /can't be read as CSV/],
  ])('is refused as a whole when it was cut short %s', (_, rows, message) => {
    expect(() => read(rows)).toThrow(message)
    expect(() => read(rows)).toThrow(expect.objectContaining({ code: 'source_data_invalid' }))
  })

  it('is refused when it is no feed', () => {
    expect(() => parseFeed('<html>\n')).toThrow(/no column "sku"/)
  })

  it('may be empty', () => {
    expect(read('')).toEqual([])
  })
})
