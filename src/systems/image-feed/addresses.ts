/** Longest address that is taken. */
const LONGEST = 8000

/** Where another address begins in a cell: not one that is a parameter or a part of the path (services that make images smaller). */
const ANOTHER = /[^=/]https?:\/\//i
const BLANK = /[\s\p{Z}]/u
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}]/u
const NEVER_IN_ONE = /[\\<>"]/

export type Address = { readonly url: string } | { readonly problem: string }

/** The address that a cell holds, in its normal form (RFC 3986, as browsers write it), or why it holds none. Pure. */
export function addressOf(cell: string): Address {
  if (cell.length > LONGEST) return { problem: `has more than ${LONGEST} characters` }
  if (!/^https?:\/\/[^/?#]/i.test(cell)) return { problem: 'is no http or https address' }
  if (ANOTHER.test(cell.slice(1))) {
    return { problem: 'has several addresses; settings.separator says what separates them' }
  }
  const bad = [
    [CONTROL, 'a control character'],
    [BLANK, 'a blank'],
    [NEVER_IN_ONE, 'one of \\ < > "'],
  ] as const
  const found = bad.find(([pattern]) => pattern.test(cell))
  if (found !== undefined) return { problem: `has ${found[1]}, which no address has` }
  return URL.canParse(cell) ? { url: new URL(cell).href } : { problem: 'is no http or https address' }
}
