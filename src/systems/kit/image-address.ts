/** Longest address that is taken. */
const LONGEST = 8000

/** Where another address begins in a cell: not one that is a parameter or a part of the path (services that make images smaller). */
const ANOTHER = /[^=/]https?:\/\//i
const BLANK = /[\s\p{Z}]/u
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}]/u
const NEVER_IN_ONE = /[\\<>"]/

/** What is wrong with a cell that has more than one. */
export const SEVERAL = 'has several addresses'

export type ImageAddress = { readonly url: string } | { readonly problem: string }

/** The address of an image that a text holds, in its normal form (RFC 3986, as browsers write it), or why it holds none. Pure. */
export function imageAddressOf(cell: string): ImageAddress {
  if (cell.length > LONGEST) return { problem: `has more than ${LONGEST} characters` }
  if (!/^https?:\/\/[^/?#]/i.test(cell)) return { problem: 'is no http or https address' }
  if (ANOTHER.test(cell.slice(1))) return { problem: SEVERAL }
  const bad = [
    [CONTROL, 'a control character'],
    [BLANK, 'a blank'],
    [NEVER_IN_ONE, 'one of \\ < > "'],
  ] as const
  const found = bad.find(([pattern]) => pattern.test(cell))
  if (found !== undefined) return { problem: `has ${found[1]}, which no address has` }
  if (!URL.canParse(cell)) return { problem: 'is no http or https address' }
  const { href, username, password } = new URL(cell)
  // The address goes to the feeds and shops, and is shown to people: it is no place for a secret.
  if (username !== '' || password !== '') return { problem: 'holds a name or password' }
  return { url: href }
}

/** Words for "there is none", which are no addresses. */
const NO_IMAGE: ReadonlySet<string> = new Set(['', 'no_selection', 'null', 'none', 'n/a', '#n/a', 'false', '-'])

/** Whether a text in an address's place says that there is no image. Pure. */
export function saysNoImage(text: string): boolean {
  return NO_IMAGE.has(text.trim().toLowerCase())
}

/**
 * What tells the picture at an address from others: the address without its parameters of these names (`*` at the end of
 * one stands for any more). Pure.
 */
export function withoutParameters(address: string, names: readonly string[]): string {
  if (names.length === 0 || !address.includes('?')) return address
  const isLeftOut = (parameter: string) => {
    const name = decoded(parameter.split('=', 1)[0] ?? '')
    return names.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one))
  }
  const [, before = '', query = '', fragment = ''] = /^([^?]*)\?([^#]*)(#.*)?$/s.exec(address) ?? []
  const kept = query.split('&').filter((parameter) => !isLeftOut(parameter))
  return `${before}${kept.length === 0 ? '' : `?${kept.join('&')}`}${fragment}`
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
