/** Converts times to the account's local time, and back as far as possible. */
export interface AccountTime {
  zone: string
  /** 'YYYY-MM-DD HH:MM:SS' on the account's clock. In the hour that a DST change repeats, each text occurs twice. */
  toLocal(moment: Date): string
}

/** @throws RangeError for a zone that is not an IANA time zone */
export function createAccountTime(zone: string): AccountTime {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  const known = new Map<number, string>()
  const toLocal = (moment: Date) => {
    const second = Math.floor(moment.getTime() / 1000)
    let text = known.get(second)
    if (text === undefined) {
      const parts = new Map(format.formatToParts(second * 1000).map(({ type, value }) => [type, value]))
      const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? ''
      text = `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`
      if (known.size > 50_000) known.clear()
      known.set(second, text)
    }
    return text
  }
  return { zone, toLocal }
}
