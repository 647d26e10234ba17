import type { Connection } from '../../configuration/model.ts'
import type { Fulfilment } from '../../events/generated/events.ts'
import { textOf, type Wire } from '../kit/wire.ts'

/** Longest tracking number of a shipment. */
const LONGEST_NUMBER = 50

/** What BigCommerce knows as `shipping_provider`; others are carriers by name. */
const PROVIDERS = new Set([
  'auspost',
  'canadapost',
  'endicia',
  'fedex',
  'royalmail',
  'shipperhq',
  'ups',
  'upsonline',
  'upsready',
  'usps',
])

/** The texts of a shipment. */
export interface ShipmentTexts {
  readonly tracking_number: string
  readonly shipping_provider: string
  readonly tracking_carrier: string
  readonly comments: string
}

/**
 * Tracking as a shipment has it: one number. The others are in its comments, and so is one that is too long for the
 * field; the marker by which the shipment is found again ends them.
 */
export function shipmentTexts({ tracks }: Fulfilment, { fulfilments }: Connection, marker: string): ShipmentTexts {
  const carrierOf = (carrier: string | null, title: string | null): string => {
    const named = carrier ?? title
    return named === null ? '' : (fulfilments.carriers[named] ?? named)
  }
  const first = tracks.find(({ number }) => number.length <= LONGEST_NUMBER)
  const others = tracks
    .filter((track) => track !== first)
    .map(({ number, carrier, title }) => [carrierOf(carrier, title), number].filter((part) => part !== '').join(' '))
  const carrier = first === undefined ? '' : carrierOf(first.carrier, first.title)
  const isProvider = PROVIDERS.has(carrier.toLowerCase())
  const further = others.length === 0 ? '' : `Further tracking numbers: ${others.join(', ')} `
  return {
    tracking_number: first?.number ?? '',
    shipping_provider: isProvider ? carrier.toLowerCase() : '',
    tracking_carrier: isProvider ? '' : carrier,
    comments: `${further}${marker}`,
  }
}

/** Whether a shipment says all of this. */
export function hasTexts(shipment: Wire, texts: ShipmentTexts): boolean {
  return Object.entries(texts).every(([name, value]) => (textOf(shipment[name]) ?? '') === value)
}
