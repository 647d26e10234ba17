import { isAboutPeople } from './header-words.ts'

/** Entities whose rows belong to orders of people. */
export const OF_ORDERS: readonly string[] = ['fulfilments', 'acknowledgements']
/** Columns of such files that say nothing of a person. */
const HARMLESS: readonly string[] = ['sku', 'quantity', 'carrier', 'status']

const LONGEST = 30

/**
 * A value as a comment may show it. What may be about a person shows only its form: `AB-1234` becomes `XX-9999`. `use`:
 * the setting that the column is for; null: it has none.
 */
export function shownValue(value: string, column: string, entity: string, use: string | null): string {
  const isOfOrder = OF_ORDERS.includes(entity) && !HARMLESS.includes(use ?? '')
  const isMasked = isOfOrder || isAboutPeople(column) || value.includes('@')
  const shown = Array.from(isMasked ? formOf(value) : value)
  return JSON.stringify(shown.length > LONGEST ? `${shown.slice(0, LONGEST).join('')}…` : shown.join(''))
}

function formOf(value: string): string {
  return value
    .replaceAll(/\p{Lu}/gu, 'X')
    .replaceAll(/\p{L}/gu, (letter) => (letter === 'X' ? 'X' : 'x'))
    .replaceAll(/\p{N}/gu, '9')
}
