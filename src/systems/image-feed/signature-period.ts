const DAY_MS = 24 * 60 * 60_000

/** When the signature of an address expires and how long it is valid in total, as far as the address says. */
interface Validity {
  /** Milliseconds UTC. */
  readonly until: number
  readonly ms: number | null
}

/**
 * A period number that changes when the address of a picture is signed again, early enough that a shop that still has
 * to fetch the picture gets a new address before the old one expires: after half of the signature's validity, and at
 * least after a day. If an address does not state its validity, the period is the day on which it expires; if it states
 * neither, the day of `now`. Pure.
 */
export function signaturePeriod(address: string, now: number): number {
  const { until, ms } = validityOf(address) ?? { until: now, ms: null }
  return Math.floor(until / Math.max(DAY_MS, (ms ?? 0) / 2))
}

function validityOf(address: string): Validity | null {
  const found = new Map([...new URL(address).searchParams].map(([name, value]) => [name.toLowerCase(), value]))
  const bySuffix = (suffix: string) => [...found].find(([name]) => name.endsWith(suffix))?.[1]
  const [signed, seconds] = [timeOf(bySuffix('-date')), Number(bySuffix('-expires') ?? Number.NaN)]
  if (signed !== null && seconds > 0) return { until: signed + seconds * 1000, ms: seconds * 1000 }
  const until = ENDS.map((name) => timeOf(found.get(name))).find((time) => time !== null)
  if (until === undefined) return null
  const from = timeOf(found.get('st'))
  return { until, ms: from === null || from >= until ? null : until - from }
}

/** Parameters with the expiry of a signature: seconds, milliseconds or a date. */
const ENDS = ['expires', 'expiry', 'expire', 'exp', 'se']

function timeOf(text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^\d{10}$/.test(text)) return Number(text) * 1000
  if (/^\d{13}$/.test(text)) return Number(text)
  const compact = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  const [, year, month, day, hour, minute, second] = compact ?? []
  const iso = compact === null ? text : `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
  const time = /^\d{4}-\d\d-\d\d/.test(iso) ? Date.parse(iso) : Number.NaN
  return Number.isNaN(time) ? null : time
}
