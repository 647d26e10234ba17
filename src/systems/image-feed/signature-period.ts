const DAY_MS = 24 * 60 * 60_000

/** Until when the signature of an address lasts, and for how long in all, as far as the address says it. */
interface Validity {
  /** Milliseconds UTC. */
  readonly until: number
  readonly ms: number | null
}

/**
 * A number that changes while addresses of one picture are signed anew, early enough that whoever still has to fetch it gets
 * an address before the last one ends: after half of the time that its signature lasts, and a day at the least. Of an address
 * that does not say for how long, the day on which it ends; of one that says nothing, the day of `now`. Pure.
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

/** Names of parameters with the end of a signature: seconds, milliseconds or a date. */
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
