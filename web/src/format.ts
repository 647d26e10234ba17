import { causes, texts } from './texts.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Seconds in a readable form: `8 s`, `3 min`, `2 h 5 min`, `4 d`. */
export function ageText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < MINUTE) return `${whole} s`
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`
  if (whole < DAY) return withRest(Math.floor(whole / HOUR), 'h', Math.floor((whole % HOUR) / MINUTE), 'min')
  return withRest(Math.floor(whole / DAY), 'd', Math.floor((whole % DAY) / HOUR), 'h')
}

function withRest(most: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 || most >= 10 ? `${most} ${unit}` : `${most} ${unit} ${rest} ${restUnit}`
}

/** A duration: `0.8 s`, `12 s`, `3 min`. */
export function durationText(seconds: number): string {
  return seconds > 0 && seconds < 10 ? `${Math.round(seconds * 10) / 10} s` : ageText(seconds)
}

/**
 * A whole number with thousands separators. Without `Intl`, whose first use takes as long as everything else that is
 * drawn.
 */
export function countText(count: number, more = false): string {
  return `${thousands(String(count))}${more ? '+' : ''}`
}

function thousands(digits: string): string {
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

const units = ['B', 'kB', 'MB', 'GB', 'TB']

/** Bytes in a readable form: `812 kB`, `1.4 GB`. */
export function bytesText(bytes: number): string {
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const amount = bytes / 1000 ** step
  return `${amount < 10 && step > 0 ? amount.toFixed(1) : Math.round(amount)} ${units[step]}`
}

/** A decimal as exact text: at least two decimals, with thousands separators. */
export function amountText(amount: string): string {
  const [whole = '0', decimals = ''] = amount.replace('-', '').split('.')
  return `${amount.startsWith('-') ? '−' : ''}${thousands(whole)}.${decimals.padEnd(2, '0')}`
}

/** A quantity as exact text: without decimals if it has none. */
export function levelText(quantity: string): string {
  return amountText(quantity).replace(/\.00$/, '')
}

/** Exact sum of decimals as text: added as integers of the smallest unit of any of them. */
export function sumOf(amounts: readonly string[]): string {
  const places = Math.max(0, ...amounts.map((amount) => amount.split('.')[1]?.length ?? 0))
  const sum = amounts.reduce((total, amount) => total + unitsOf(amount, places), 0n)
  const digits = `${sum < 0n ? -sum : sum}`.padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  return `${sum < 0n ? '-' : ''}${whole}${places === 0 ? '' : `.${digits.slice(-places)}`}`
}

function unitsOf(amount: string, places: number): bigint {
  const [whole = '0', decimals = ''] = amount.replace('-', '').split('.')
  const units = BigInt(`${whole}${decimals.padEnd(places, '0')}`)
  return amount.startsWith('-') ? -units : units
}

export function isZero(amount: string): boolean {
  return /^-?0*(\.0*)?$/.test(amount)
}

export function stateText(state: string): string {
  return texts.states[state] ?? state
}

/** An order's state at a vendor; for `ignored` and `waiting`, the reason if it has a text of its own. */
export function orderStateText(status: string, code: string | null): string {
  if (status === 'succeeded') return code === 'canceled_by_hand' ? texts.orders.canceledByHand : texts.orders.accepted
  return (
    (code !== null && ['ignored', 'waiting'].includes(status) ? texts.orders.reasons[code] : undefined) ??
    stateText(status)
  )
}

export function entityText(entity: string): string {
  return texts.entities[entity] ?? entity
}

export function causeText(code: string): string {
  return causes[code]?.title ?? code.replaceAll('_', ' ')
}
