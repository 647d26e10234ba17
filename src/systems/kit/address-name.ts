import type { Address } from '../../events/generated/events.ts'
import { cutText, lineText } from './fit-text.ts'

/** What is longer is no VAT number, and leaves no room for what was cut elsewhere. */
const LONGEST_VAT_NUMBER = 30

/** The whole name of a person, on one line, as it is written on a parcel; null: nobody is named. */
export function personName({ namePrefix, firstName, middleName, lastName, nameSuffix }: Address): string | null {
  return lineText([namePrefix, firstName, middleName, lastName, nameSuffix].filter((part) => part !== null).join(' '))
}

/** What the vendor is told of the buyer's VAT number; null: there is none. */
export function vatNote({ vatNumber }: Address): string | null {
  const number = lineText(vatNumber)
  return number === null ? null : `VAT number ${cutText(number, LONGEST_VAT_NUMBER)}`
}
