import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { extractText, getDocumentProxy } from 'unpdf'
import { expect, it, onTestFinished } from 'vitest'
import { readLogo } from '../../../../src/systems/mailbox/logo.ts'
import { orderContent } from '../../../../src/systems/mailbox/order-content.ts'
import { packingSlip } from '../../../../src/systems/mailbox/packing-slip.ts'
import { settings as declared } from '../../../../src/systems/mailbox/settings.ts'
import { lineOf, orderOf, vendorOrder } from '../../../data/processor-events.ts'
import { valuesOf } from '../../../worlds/settings.ts'

async function textOf(pdf: Buffer): Promise<{ readonly pages: number; readonly text: string }> {
  const { totalPages, text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true })
  return { pages: totalPages, text: text.replaceAll(/\s+/g, ' ') }
}

const plain = orderContent(vendorOrder('acme', '17', orderOf([lineOf('1', 'A-1')], { orderNumber: '17' })))

it('has what is in the parcel and who gets it, without prices', async () => {
  const { text, pages } = await textOf(await packingSlip(plain, 'Maple Street', null))
  expect(pages).toBe(1)
  expect(text).toBe(
    'Maple Street Packing slip for order 17 Placed 2026-03-02 Ship to Zoë Łukasz 1 Main St Unit 2 Austin, TX, 78701 US ' +
      'Shipping: flatrate_flatrate Quantity SKU Product 1 A-1 A-1 Purchase order: PO-7 1 / 1',
  )
})

it.each([
  'Jürgen Groß',
  'Łucja Żółć',
  'Σωκράτης Παπαδόπουλος',
  'Юлия Щербакова',
  'Ђорђе Њњ',
  'Nguyễn Thị Ánh',
  'İbrahim Şahin',
  'Dvořák ﬁ “—” €',
])('prints %s as it is', async (name) => {
  const { text } = await textOf(await packingSlip({ ...plain, shipTo: [name] }, 'Maple', null))
  expect(text.normalize('NFKC')).toContain(name.normalize('NFKC'))
  expect(text).not.toContain('▯')
})

it.each([
  ['王小明 Wang', '▯▯▯ Wang'],
  ['محمد', '▯▯▯▯'],
  ['Zoë 👨‍👩‍👧 Z', 'Zoë ▯ Z'],
])('marks what it can not print of %s', async (name, printed) => {
  const { text } = await textOf(await packingSlip({ ...plain, shipTo: [name] }, 'Maple', null))
  expect(text).toContain(`Ship to ${printed} `)
  expect(text).toContain('The e-mail has the whole text.')
})

it('has every line of a long order, with the heads of the columns on each page', async () => {
  const lines = Array.from({ length: 120 }, (_, index) => ({
    line: `${index}`,
    sku: `SKU-${String(index).padStart(3, '0')}`,
    quantity: '2',
    name: `Product ${index} ${'with a long name '.repeat(6)}`.trim(),
    parts: [{ sku: `PART-${index}`, name: `PART-${index}`, quantity: '4' }],
    fields: [],
  }))
  const { text, pages } = await textOf(await packingSlip({ ...plain, lines }, 'Maple', null))
  expect(pages).toBeGreaterThan(3)
  expect([...text.matchAll(/Quantity SKU Product/g)]).toHaveLength(pages)
  for (const { sku } of lines) expect(text.split(sku)).toHaveLength(2)
  expect(text).toContain('contains 4 × PART-119')
  expect(text).toContain(`${pages} / ${pages}`)
})

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(data.length)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, data, Buffer.alloc(4)])
}

/** A picture of 2 × 2 pixels with transparency; `rows`: its data before compression. */
function png(rows: Buffer, { interlace = 0 } = {}): Buffer {
  const header = Buffer.from([0, 0, 0, 2, 0, 0, 0, 2, 8, 6, 0, 0, interlace])
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const ROWS = Buffer.from([0, ...Array<number>(8).fill(200), 0, ...Array<number>(8).fill(100)])

function folderWith(content: Buffer | null): { readonly root: string; readonly logo: () => Promise<Buffer | null> } {
  const root = mkdtempSync(join(tmpdir(), 'waldstream-logo-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  if (content !== null) writeFileSync(join(root, 'logo.png'), content)
  const settings = valuesOf(declared, { seller: 'Maple', logo: 'logo.png' })
  return { root, logo: () => readLogo({ id: 'acme', settings }, root) }
}

it('has the logo', async () => {
  const logo = await folderWith(png(ROWS)).logo()
  const slip = await packingSlip(plain, 'Maple', logo)
  expect(slip.toString('latin1')).toContain('/Subtype /Image')
  expect((await textOf(slip)).text).toContain('Maple')
})

it.each([
  ['an interlaced picture', png(ROWS, { interlace: 1 })],
  ['too few rows', png(ROWS.subarray(0, 9))],
  ['an unknown filter', png(Buffer.from([9, ...ROWS.subarray(1)]))],
  ['data that can not be unpacked', Buffer.concat([png(ROWS).subarray(0, 45), Buffer.alloc(40)])],
  ['a picture that is cut off', png(ROWS).subarray(0, -12)],
  ['a JPEG without a frame', Buffer.from([0xff, 0xd8, 0xff, 0xd9, 0, 0, 0, 0])],
  ['a text', Buffer.from('not a picture')],
  ['a large file', Buffer.alloc(500_001)],
  ['nothing', null],
])('refuses %s as the logo, before the PDF library reads it', async (_what, content) => {
  await expect(folderWith(content).logo()).rejects.toMatchObject({
    code: 'configuration_invalid',
    field: 'settings.logo',
  })
})

it('follows no link to the logo', async () => {
  const { root, logo } = folderWith(null)
  writeFileSync(join(root, 'other.png'), png(ROWS))
  symlinkSync(join(root, 'other.png'), join(root, 'logo.png'))
  await expect(logo()).rejects.toMatchObject({ code: 'configuration_invalid' })
})
