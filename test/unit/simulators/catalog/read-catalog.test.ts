import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseAttributeText } from '../../../../simulators/catalog/attribute-text.ts'
import { makeCatalog } from '../../../../simulators/catalog/make-catalog.ts'
import { parseCatalog, readCatalog } from '../../../../simulators/catalog/read-catalog.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const ownFile = `${root}simulators/catalog/catalog.csv`
const sampleFile = `${root}../shared/samples/magento/product-export.csv`

describe('our catalog', () => {
  const { products, skipped } = readCatalog(ownFile)

  it('is what its script makes', () => {
    expect(readFileSync(ownFile, 'utf8')).toBe(makeCatalog())
  })

  it('has about 200 products of several vendors, simple and configurable', () => {
    expect(products.length).toBeGreaterThan(180)
    expect(skipped).toEqual([])
    expect(new Set(products.map(({ sku }) => sku.split('-')[0]))).toEqual(new Set(['WLD', 'NRD', 'ACM', 'OWN']))
    expect(products.filter(({ type }) => type === 'configurable').length).toBeGreaterThan(10)
  })

  it('has names beyond ASCII, descriptions of several lines, images and stock', () => {
    expect(products.some(({ name }) => name.includes('富士'))).toBe(true)
    expect(products.every(({ description }) => description.includes('\n'))).toBe(true)
    expect(products.every(({ images }) => images[0]?.roles.includes('image'))).toBe(true)
    expect(products.filter(({ qty }) => qty !== '0').length).toBeGreaterThan(150)
  })

  it('links variants and their parent both ways', () => {
    const parent = products.find(({ sku }) => sku === 'WLD-J10')
    expect(parent?.children[0]).toEqual({ sku: 'WLD-J10-XS-Moss', options: { size: 'XS', color: 'Moss' } })
    const child = products.find(({ sku }) => sku === 'WLD-J10-XS-Moss')
    expect(child).toMatchObject({ parentSku: 'WLD-J10', price: '189.00', weight: '0.62', attributeSet: 'Tops' })
    expect(child?.attributes).toEqual({
      size: ['XS'],
      color: ['Moss'],
      material: ['Nylon', 'Elastane'],
      care: ['Wash at 30 °C, do not tumble dry'],
    })
  })
})

describe.skipIf(!existsSync(sampleFile))('a real export', () => {
  // A block that is skipped is collected all the same: the file is read in the tests.
  let products: ReturnType<typeof readCatalog>['products'] = []
  beforeAll(() => {
    products = readCatalog(sampleFile).products
  })

  it('is read whole', () => {
    expect(products.filter(({ type }) => type === 'simple')).toHaveLength(60)
    expect(products.filter(({ type }) => type === 'configurable')).toHaveLength(4)
  })

  it('gives attributes, variants and images', () => {
    const hoodie = products.find(({ sku }) => sku === 'MH01')
    expect(hoodie?.children).toHaveLength(15)
    expect(hoodie?.attributes['climate']).toEqual(['All-weather', 'Cool', 'Indoor', 'Spring', 'Windy'])
    expect(hoodie?.images.map(({ file, roles }) => [file, roles])).toEqual([
      ['/m/h/mh01-gray_main.jpg', ['image', 'small_image', 'thumbnail']],
      ['/m/h/mh01-gray_alt1.jpg', []],
      ['/m/h/mh01-gray_back.jpg', []],
    ])
    expect(products.find(({ sku }) => sku === 'MH01-XS-Black')).toMatchObject({ parentSku: 'MH01', qty: '100' })
  })
})

describe('faults of a file', () => {
  const header = 'sku,product_type,name,price,qty,description,configurable_variations,additional_attributes'
  const read = (...rows: string[]) => parseCatalog('shop.csv', [header, ...rows].join('\n'))

  it.each([
    ['line 3, column "price": "1,50" is not a decimal number', ['a,simple,A,1,1,,,', 'b,simple,B,"1,50",1,,,']],
    ['line 4, column "qty"', ['a,simple,A,1,1,"two\nlines",,', 'b,simple,B,1,many,,,']],
    ['line 3, column "sku": a is also on line 2', ['a,simple,A,1,1,,,', 'a,simple,A,1,1,,,']],
    ['line 2, column "configurable_variations": b is not in the file', ['a,configurable,A,,0,,sku=b,']],
    ['line 2, column "additional_attributes": the quote', ['a,simple,A,1,1,,,"x=""open"']],
    ['line 2, column "price": a simple product needs a price', ['a,simple,A,,1,,,']],
    ['line 2, column "price": the record has 4 cells, the header 8', ['a,simple,A,1']],
  ])('names %s', (message, rows) => {
    expect(() => read(...rows)).toThrow(`shop.csv, ${message}`)
  })

  it('names a missing column', () => {
    expect(() => parseCatalog('shop.csv', 'sku,name\na,A')).toThrow('shop.csv, line 1, column "product_type"')
  })

  it('tells what it left out', () => {
    const { products, skipped } = read('a,simple,A,1,1,,,', 'b,bundle,B,1,1,,,')
    expect(products.map(({ sku }) => sku)).toEqual(['a'])
    expect(skipped).toEqual([{ line: 3, sku: 'b', reason: 'product type bundle' }])
  })
})

it('reads attribute values with commas, quotes and equal signs', () => {
  const attributes = parseAttributeText('plain=a, b,quoted="x,y=""z""",choices=1|2,empty=,formula=a=b')
  expect(Object.fromEntries(attributes)).toEqual({
    plain: 'a, b',
    quoted: 'x,y="z"',
    choices: '1|2',
    empty: '',
    formula: 'a=b',
  })
})
