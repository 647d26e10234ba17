/*
 * Files of image addresses as vendors have them, reduced from reports in public. Beside each file stands where it is from and
 * what is right; here is what comes of it.
 */
import { readFile as read } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { type FeedOutcome, readFile } from '../worlds/served-feed.ts'

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
      refused: { A1: refused(/line 2 has a quoted cell that holds other rows/) },
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
  '29-comma-list-in-one-cell.csv': {
    right: { images: {}, refused: { A1: refused(/line 2, column "url": has several addresses; settings.separator/) } },
  },
  '30-pipe-list-in-one-cell.csv': {
    right: { images: {}, refused: { A1: refused(/line 2, column "url": has several addresses; settings.separator/) } },
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
  '49-xml-cdata-badly-ended.xml': {
    settings: { 'columns.sku': '@sku', 'columns.url': 'u' },
    right: { images: { C: [image('c')] }, refused: { A: refused(/line 1 has a text that holds the ends of rows/) } },
  },
}

it.each(Object.entries(cases))('%s', async (name, { settings = {}, headers = {}, right }) => {
  const bytes = await read(fileURLToPath(new URL(`../cases/goods/${name}`, import.meta.url)))
  expect(await readFile({ bytes, headers }, settings)).toMatchObject(right)
})
