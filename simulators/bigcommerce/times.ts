/** RFC 2822, as v2 writes times: `Mon, 02 Mar 2026 18:04:11 +0000`; on the clock of a zone, as `+0530`. */
export function toRfc2822(iso: string, zone = '+0000'): string {
  if (iso === '') return ''
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d)(\d\d)$/.exec(zone) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1)
  return new Date(Date.parse(iso) + offset).toUTCString().replace('GMT', zone)
}

/** ISO 8601 to the second with its zone, as v3 writes times. */
export function toV3Time(iso: string): string {
  return `${iso.slice(0, 19)}+00:00`
}

/**
 * A filter's time in whole seconds. A bare date gets the current time of day, as v3 does.
 * @throws Error for an invalid time
 */
export function filterSecond(text: string, now: Date): number {
  const whole = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T${now.toISOString().slice(11, 19)}Z` : text
  const time = Date.parse(whole)
  if (Number.isNaN(time)) throw new Error(`"${text}" is not a time`)
  return Math.floor(time / 1000)
}
