import { createHash } from 'node:crypto'

const short = (text: string, length: number) => createHash('sha256').update(text).digest('hex').slice(0, length)

/** The end of the description of an image from Waldstream: identifies its SKU and address. */
export function imageMarker(sku: string, url: string): string {
  return `[ws-${short(sku, 8)}-${short(url, 12)}]`
}

const IMAGE_MARKER = /\[ws-([0-9a-f]{8})-([0-9a-f]{12})\]$/

/** Whether a description belongs to an image from Waldstream. */
export function isOurImage(description: string): boolean {
  return IMAGE_MARKER.test(description)
}

/** Whether a description belongs to an image from Waldstream for this SKU. */
export function isImageOf(sku: string, description: string): boolean {
  return IMAGE_MARKER.exec(description)?.[1] === short(sku, 8)
}

/** The description without the marker. */
export function withoutMarker(description: string): string {
  return description.replace(IMAGE_MARKER, '').trimEnd()
}

/**
 * Marks a fulfilment in a shipment's comments or an order's staff notes: if it is found, the fulfilment was already
 * written.
 */
export function fulfilmentMarker(connection: string, fulfilment: string): string {
  return `[ws ${connection}/${fulfilment}]`
}
