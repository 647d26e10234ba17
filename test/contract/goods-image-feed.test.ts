/*
 * Files of image addresses as vendors have them, reduced from reports in public. Beside each file stands where it is from and
 * what is right; here is what comes of it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { readFile as read } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { type FeedOutcome, readFile } from '../worlds/served-feed.ts'

const FOLDER = new URL('../cases/goods/', import.meta.url)

interface Case {
  readonly settings?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
  readonly right: Partial<FeedOutcome>
}

const image = (name: string) => `https://c.test/${name}.jpg`
const refused = (message: RegExp) => expect.stringMatching(message)
const failed = (message: RegExp) => ({ code: 'source_data_invalid', message: expect.stringMatching(message) })
const numbered = (prefix: string, from: number, count: number, name: (index: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${from + index}`, [image(name(index))]]))

const ONE = { A1: [image('a')] }
const BOTH = { A1: [image('a')], B2: [image('b')] }

const cases: Readonly<Record<string, Case>> = {
  '05-mixed-line-ends.csv': { right: { images: { A1: [image('a')], B2: [image('b')] }, refused: {} } },
  '06-stray-inch-quote.csv': {
    right: {
      images: { A1: [image('a')], ...numbered('B', 0, 20, (index) => `b${index}`) },
      labels: expect.objectContaining({ A1: ['19" rack'] }),
      refused: {},
    },
  },
  '07-two-inch-quotes-swallow-rows.csv': {
    right: {
      images: { B2: [image('b')], C3: [image('c')], D4: [image('d')] },
      refused: { A1: refused(/line 2 has a quoted cell that contains other rows/) },
    },
  },
  '08-excel-drops-trailing-blanks.csv': {
    right: { images: numbered('S', 0, 18, (index) => `${index}`), refused: {} },
  },
  '10-blank-rows-of-delimiters.csv': { right: { images: { A1: [image('a')] }, refused: {} } },
  '17-content-encoding-utf8.csv': {
    headers: { 'content-encoding': 'UTF-8', 'content-type': 'text/csv' },
    right: { images: { A1: [image('a')] }, refused: {} },
  },
  '19-gzip-twice.csv.gz.gz': { right: { images: { A1: [image('a')] }, refused: {} } },
  '20-zip.zip': { right: { failed: failed(/it is a ZIP file/) } },
  '28-case-sku.csv': {
    right: {
      images: { ABC: [image('b')], abc: [image('a')] },
      warned: { ABC: refused(/ABC and abc differ only in case/), abc: refused(/abc and ABC differ only in case/) },
    },
  },
  '29-comma-list-in-one-cell.csv': {
    right: { images: {}, refused: { A1: refused(/line 2, column "url": has several .* set settings.separator/) } },
  },
  '30-pipe-list-in-one-cell.csv': {
    right: { images: {}, refused: { A1: refused(/line 2, column "url": has several .* set settings.separator/) } },
  },
  '36-no-selection.csv': {
    settings: { 'columns.image': 'base_image', 'columns.swatch_image': 'swatch_image' },
    right: { images: { A1: [image('a')] }, refused: {} },
  },
  '37-shopify-export-blank-image.csv': {
    settings: { 'columns.sku': 'Variant SKU', 'columns.url': 'Image Src', 'columns.position': 'Image Position' },
    right: { images: { 'S-1': [image('1')], 'S-2': [image('2')] }, refused: {} },
  },
  '39-json-no-image.json': {
    settings: { 'columns.url': 'images.src' },
    right: { images: { B2: [image('b')] }, refused: {} },
  },
  '40-json-lines.ndjson': {
    headers: { 'content-type': 'application/x-ndjson' },
    right: { images: { A1: [image('a')], B2: [image('b')] }, refused: {} },
  },
  '41-json-first-page-only.json': {
    settings: { items: 'products' },
    right: { images: {}, failed: { code: 'target_unavailable', message: expect.stringMatching(/x\.test/) } },
  },
  '42-json-link-header-page.json': {
    headers: { 'content-type': 'application/json', link: '<http://127.0.0.1:1/feed?page=2>; rel="next"' },
    right: { images: {}, failed: { code: 'target_unavailable', message: expect.stringMatching(/127\.0\.0\.1:1/) } },
  },
  '43-json-variants-share-images.json': {
    settings: { items: 'products', 'columns.sku': 'variants.sku', 'columns.url': 'images.src' },
    right: {
      images: {},
      refused: { A1: refused(/row 1 has several SKUs: A1, A2/), A2: refused(/row 1 has several SKUs: A1, A2/) },
    },
  },
  // Of the same kinds, from other reports and from what mutated feeds found.
  '201-sep-line.csv': { right: { images: BOTH, refused: {} } },
  '202-bom-and-quoted-header.csv': { right: { images: ONE } },
  '203-blank-lines-first.csv': { right: { images: ONE } },
  '204-blanks-before-xml.xml': { right: { images: ONE } },
  '205-bom-and-blank-before-xml.xml': { right: { images: ONE } },
  '206-utf16-without-mark.tsv': { settings: { delimiter: 'tab' }, right: { images: ONE, labels: { A1: ['Größe'] } } },
  '207-latin1-xml.xml': { right: { images: ONE, labels: { A1: ['Größe'] } } },
  '208-blank-after-quote.csv': { right: { images: ONE, labels: { A1: ['x'] } } },
  '209-blank-before-quote.csv': { right: { images: ONE, labels: { A1: ['red, left'] } } },
  '210-backslash-quotes.csv': {
    right: { images: { B2: [image('b')] }, refused: { A1: refused(/a single quote mark within a quoted cell/) } },
  },
  '211-quote-opens-first-column.csv': {
    right: { images: { B2: [image('b')], C3: [image('c')] }, refused: { 'line 2': refused(/contains other rows/) } },
  },
  '212-quote-before-address-column.csv': {
    right: { images: { B2: [image('b')], C3: [image('c')] }, refused: { A1: refused(/line 2 .* other rows/) } },
  },
  '213-nameless-last-column.csv': { right: { images: BOTH, refused: {} } },
  '214-nameless-first-column.csv': { right: { images: BOTH, refused: {} } },
  '215-row-names-without-header.csv': { right: { failed: failed(/3 of its 3 rows are odd/) } },
  '216-same-column-twice.csv': { right: { images: { A1: [image('a'), image('b')] } } },
  '217-two-sku-columns.csv': {
    right: {
      images: { B2: [image('b')] },
      refused: { A1: refused(/several SKUs/), A2: refused(/several SKUs/) },
    },
  },
  '218-end-of-file-mark.csv': { right: { images: BOTH, refused: {} } },
  '219-zeros-at-the-end.csv': { right: { images: ONE, refused: {} } },
  '220-classic-mac.csv': { right: { images: BOTH, refused: {} } },
  '221-null-in-cells.csv': { right: { images: { B2: [image('b')] }, refused: {} } },
  '222-json-null-and-false.json': { right: { images: { C3: [image('c')] }, refused: {} } },
  '223-json-by-sku.json': { right: { failed: failed(/it is not a list itself/) } },
  '224-json-comma-at-the-end.txt': { right: { failed: failed(/not complete JSON/) } },
  '225-json-line-break-in-text.txt': { right: { images: ONE } },
  '226-json-lists-one-after-another.txt': { right: { failed: failed(/several JSON documents/) } },
  '227-json-has-more.json': { settings: { items: 'data' }, right: { failed: failed(/there is more/) } },
  '228-json-name-twice.txt': { right: { images: { A1: [image('a'), image('b')] } } },
  '229-json-object-for-text.json': {
    right: { images: { B2: [image('b')] }, refused: { A1: refused(/row 1 has no text in column "url"/) } },
  },
  '230-json-lines-bad-line.ndjson': {
    right: { images: { A1: [image('a')], C3: [image('c')] }, refused: { 'line 2': refused(/is not JSON/) } },
  },
  '231-json-lines-cut.ndjson': { right: { failed: failed(/cut short/) } },
  '232-xml-ampersand.xml': { right: { failed: failed(/well-formed XML/) } },
  '233-xml-two-skus.xml': {
    right: {
      images: { B2: [image('b')] },
      refused: { A1: refused(/several SKUs/), A2: refused(/several SKUs/) },
    },
  },
  '234-xml-element-for-text.xml': {
    right: { images: { B2: [image('b')] }, refused: { A1: refused(/no text in column "url"/) } },
  },
  '235-commas-for-tabs.csv': { right: { failed: failed(/settings.delimiter/) } },
  '236-gzip-in-name-only.csv': {
    headers: { 'content-encoding': 'gzip', 'content-type': 'text/csv' },
    right: { images: ONE },
  },
  '237-workbook.xlsx': { right: { failed: failed(/an Excel workbook/) } },
  '238-blank-in-address.csv': { right: { images: { B2: [image('b')] }, refused: { A1: refused(/has a blank/) } } },
  '239-lines-of-addresses.csv': {
    right: { images: { B2: [image('b')] }, refused: { A1: refused(/settings.separator/) } },
  },
  '240-first-line-repeated.csv': { right: { images: BOTH } },
  '241-header-has-swallowed-a-row.csv': { right: { failed: failed(/its first line has an address/) } },
  '242-address-in-another-column.csv': {
    right: { images: { B2: [image('b')] }, refused: { A1: refused(/line 2 has 6 columns of 5/) } },
  },
  '49-xml-cdata-badly-ended.xml': {
    settings: { 'columns.sku': '@sku', 'columns.url': 'u' },
    right: { images: { C: [image('c')] }, refused: { A: refused(/line 1 has a text that contains end tags of rows/) } },
  },
}

it('has a case for each file of an image feed', () => {
  const expected = readdirSync(FOLDER).filter((name) => name.endsWith('.expected.txt'))
  const isOfFeed = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8').includes('system: image-feed')
  const stems = expected.filter(isOfFeed).map((name) => name.slice(0, -'.expected.txt'.length))
  expect(Object.keys(cases).map((name) => name.split('.')[0])).toEqual(expect.arrayContaining(stems))
})

it.each(Object.entries(cases))('%s', async (name, { settings = {}, headers = {}, right }) => {
  const bytes = await read(new URL(name, FOLDER))
  expect(await readFile({ bytes, headers }, settings)).toMatchObject(right)
})
