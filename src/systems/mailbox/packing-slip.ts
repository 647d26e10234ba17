import PDFDocument from 'pdfkit'
import { isoTime } from '../../events/times.ts'
import type { ContentLine, OrderContent } from './order-content.ts'
import { printable, slipFonts, UNPRINTABLE } from './slip-font.ts'

const MARGIN = 48
const LOGO = { width: 150, height: 60 }
const QUANTITY_WIDTH = 60
const SKU_WIDTH = 150
const GAP = 10
const FOOT = 40

type Slip = InstanceType<typeof PDFDocument>

/**
 * The packing slip of an order as PDF, in A4: what is in the parcel and who gets it, without prices. Characters that it
 * can't print are marked, and a line says so.
 */
export async function packingSlip(content: OrderContent, seller: string, logo: Buffer | null): Promise<Buffer> {
  const title = `${seller}: order ${content.number}`
  const slip = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN + FOOT },
    font: slipFonts.regular,
    bufferPages: true,
    info: { Title: title, Author: seller },
    lang: 'en',
  })
  const chunks: Buffer[] = []
  const done = new Promise<Buffer>((resolve, reject) => {
    slip.on('data', (chunk: Buffer) => chunks.push(chunk))
    slip.on('end', () => resolve(Buffer.concat(chunks)))
    slip.on('error', reject)
  })
  const left = new Set<string>()
  const print = (text: string): string => {
    const printed = printable(text)
    if (printed.includes(UNPRINTABLE) && !text.includes(UNPRINTABLE)) left.add(text)
    return printed
  }
  writeHead(slip, content, print(seller), logo)
  writeAddress(slip, content, print)
  writeLines(slip, content.lines, print)
  writeFacts(slip, content, print)
  if (left.size > 0) {
    slip
      .moveDown(1)
      .fontSize(8)
      .text(`${UNPRINTABLE} stands for a character that this slip cannot print. The e-mail has the whole text.`)
  }
  writePageNumbers(slip)
  slip.end()
  return await done
}

type Print = (text: string) => string

const widthOf = ({ page }: Slip) => page.width - 2 * MARGIN

function writeHead(slip: Slip, { number, placedAt }: OrderContent, seller: string, logo: Buffer | null): void {
  if (logo !== null) {
    slip.image(logo, MARGIN, MARGIN, { fit: [LOGO.width, LOGO.height] })
    slip.y = MARGIN + LOGO.height + GAP
  }
  slip.font(slipFonts.bold).fontSize(16).text(seller, MARGIN)
  slip
    .moveDown(0.5)
    .fontSize(13)
    .text(`Packing slip for order ${printable(number)}`)
  slip
    .font(slipFonts.regular)
    .fontSize(10)
    .text(`Placed ${isoTime(placedAt).slice(0, 10)}`)
}

function writeAddress(slip: Slip, { shipTo, shippingMethod }: OrderContent, print: Print): void {
  slip.moveDown(1)
  if (shipTo.length > 0) {
    slip.font(slipFonts.bold).fontSize(10).text('Ship to')
    slip.font(slipFonts.regular).fontSize(11)
    for (const line of shipTo) slip.text(print(line))
  }
  if (shippingMethod !== null)
    slip
      .moveDown(0.5)
      .fontSize(10)
      .text(`Shipping: ${print(shippingMethod)}`)
}

/** Rows never break over pages; each page has the heads of the columns. */
function writeLines(slip: Slip, lines: readonly ContentLine[], print: Print): void {
  slip.moveDown(1)
  writeColumnHeads(slip)
  for (const { quantity, sku, name, parts, fields } of lines) {
    const details = [
      ...parts.map((part) => `contains ${part.quantity} × ${part.sku} ${part.name === part.sku ? '' : part.name}`),
      ...fields.map((field) => `${field.name}: ${field.value}`),
    ]
    const about = [name, ...details].map((text) => print(text.trim())).join('\n')
    writeRow(slip, [print(quantity), print(sku), about])
  }
}

function writeColumnHeads(slip: Slip): void {
  slip.font(slipFonts.bold)
  writeRow(slip, ['Quantity', 'SKU', 'Product'])
  slip.font(slipFonts.regular)
}

function writeRow(slip: Slip, [quantity, sku, about]: readonly [string, string, string]): void {
  const aboutWidth = widthOf(slip) - QUANTITY_WIDTH - SKU_WIDTH - 2 * GAP
  slip.fontSize(10)
  const height = Math.max(
    slip.heightOfString(quantity, { width: QUANTITY_WIDTH }),
    slip.heightOfString(sku, { width: SKU_WIDTH }),
    slip.heightOfString(about, { width: aboutWidth }),
  )
  if (slip.y + height > slip.page.height - MARGIN - FOOT) {
    slip.addPage()
    writeColumnHeads(slip)
  }
  const top = slip.y
  slip.text(quantity, MARGIN, top, { width: QUANTITY_WIDTH, align: 'right' })
  slip.text(sku, MARGIN + QUANTITY_WIDTH + GAP, top, { width: SKU_WIDTH })
  slip.text(about, MARGIN + QUANTITY_WIDTH + SKU_WIDTH + 2 * GAP, top, { width: aboutWidth })
  slip.x = MARGIN
  slip.y = top + height + 4
  slip
    .moveTo(MARGIN, slip.y)
    .lineTo(MARGIN + widthOf(slip), slip.y)
    .lineWidth(0.5)
    .strokeColor('#bbbbbb')
    .stroke()
  slip.y += 4
}

function writeFacts(slip: Slip, { purchaseOrder, fields }: OrderContent, print: Print): void {
  const facts = [...(purchaseOrder === null ? [] : [{ name: 'Purchase order', value: purchaseOrder }]), ...fields]
  if (facts.length === 0) return
  slip.moveDown(0.5).fontSize(10)
  for (const { name, value } of facts) slip.text(print(`${name}: ${value}`), MARGIN)
}

function writePageNumbers(slip: Slip): void {
  const { start, count } = slip.bufferedPageRange()
  for (let page = 0; page < count; page += 1) {
    slip.switchToPage(start + page)
    // Below the text area, where no new page may begin.
    slip.page.margins.bottom = 0
    const text = `${page + 1} / ${count}`
    slip.fontSize(8).text(text, MARGIN, slip.page.height - MARGIN, { width: widthOf(slip), align: 'right' })
  }
}
