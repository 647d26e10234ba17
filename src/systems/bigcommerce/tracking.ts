import type { Connection } from '../../configuration/model.ts'
import type { Fulfilment } from '../../events/generated/events.ts'
import { textOf, type Wire } from '../kit/wire.ts'

/** Longest tracking number of a shipment. */
const LONGEST_NUMBER = 50

/** Values of `shipping_provider`; any other carrier goes into `tracking_carrier`. */
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

/** The text fields of a shipment. */
export interface ShipmentTexts {
  readonly tracking_number: string
  readonly shipping_provider: string
  readonly tracking_carrier: string
  readonly comments: string
}

/**
 * Tracking data for a shipment, which has one number. Further numbers, and one that is too long for the field, go into
 * its comments, which end with the marker that identifies the shipment.
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

/** Whether a shipment has all these texts. */
export function hasTexts(shipment: Wire, texts: ShipmentTexts): boolean {
  return Object.entries(texts).every(([name, value]) => (textOf(shipment[name]) ?? '') === value)
}
