import type { Address } from '../../events/generated/events.ts'
import { cutText, lineText } from './fit-text.ts'

/** A longer text is not a VAT number and would crowd out other texts that were cut. */
const LONGEST_VAT_NUMBER = 30

/** The full name of a person on one line, as on a parcel label; null if there is no name. */
export function personName({ namePrefix, firstName, middleName, lastName, nameSuffix }: Address): string | null {
  return lineText([namePrefix, firstName, middleName, lastName, nameSuffix].filter((part) => part !== null).join(' '))
}

/** The note to the vendor with the buyer's VAT number; null if there is none. */
export function vatNote({ vatNumber }: Address): string | null {
  const number = lineText(vatNumber)
  return number === null ? null : `VAT number ${cutText(number, LONGEST_VAT_NUMBER)}`
}
