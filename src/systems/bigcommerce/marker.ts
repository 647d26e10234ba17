import { createHash } from 'node:crypto'

const short = (text: string, length: number) => createHash('sha256').update(text).digest('hex').slice(0, length)

/** What the description of an image of ours ends with: which SKU and which address it is of. */
export function imageMarker(sku: string, url: string): string {
  return `[ws-${short(sku, 8)}-${short(url, 12)}]`
}

const IMAGE_MARKER = /\[ws-([0-9a-f]{8})-([0-9a-f]{12})\]$/

/** Whether a description says that the image came from our feed. */
export function isOurImage(description: string): boolean {
  return IMAGE_MARKER.test(description)
}

/** The same, for an image of this SKU. */
export function isImageOf(sku: string, description: string): boolean {
  return IMAGE_MARKER.exec(description)?.[1] === short(sku, 8)
}

/** The description as people wrote it. */
export function withoutMarker(description: string): string {
  return description.replace(IMAGE_MARKER, '').trimEnd()
}

/** What a shipment's comments, or an order's staff notes, hold of a fulfilment: one that is found was written already. */
export function fulfilmentMarker(connection: string, fulfilment: string): string {
  return `[ws ${connection}/${fulfilment}]`
}
