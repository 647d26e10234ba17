/** Magento's time: `YYYY-MM-DD HH:MM:SS`, UTC, without a zone. */
export function toMagentoTime(time: Date): string {
  return time.toISOString().slice(0, 19).replace('T', ' ')
}

export function fromMagentoTime(text: string): Date {
  return new Date(`${text.replace(' ', 'T')}Z`)
}
