/** A day and time of the browser's own field, which is in the viewer's zone, as the API takes it; null: it takes none such. */
export function timeOf(local: string): string | null {
  const time = new Date(local)
  if (Number.isNaN(time.getTime())) return null
  const iso = time.toISOString()
  // Of other years it has a sign and six digits.
  return /^\d{4}-/.test(iso) ? iso : null
}

/** Whether a time that may be left out is none that the API refuses. */
export function isTimeOrNone(local: string): boolean {
  return local === '' || timeOf(local) !== null
}

const hourAndMinute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** `15:42` in the viewer's zone. */
export function clockTime(at: string): string {
  return hourAndMinute.format(new Date(at))
}
