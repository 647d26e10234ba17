/** Longest address that is accepted. */
const LONGEST = 8000

/** Finds the start of another address in a cell, but not one inside a parameter or a path (image-resizing services). */
const ANOTHER = /[^=/]https?:\/\//i
const BLANK = /[\s\p{Z}]/u
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}]/u
const NEVER_IN_ONE = /[\\<>"]/

/** The problem of a cell with more than one address. */
export const SEVERAL = 'has several addresses'

export type ImageAddress = { readonly url: string } | { readonly problem: string }

/**
 * The image address in a text, normalized (RFC 3986, as browsers write it), or the reason why the text is not one.
 * Pure.
 */
export function imageAddressOf(cell: string): ImageAddress {
  if (cell.length > LONGEST) return { problem: `has more than ${LONGEST} characters` }
  if (!/^https?:\/\/[^/?#]/i.test(cell)) return { problem: 'is not an http or https address' }
  if (ANOTHER.test(cell.slice(1))) return { problem: SEVERAL }
  const bad = [
    [CONTROL, 'a control character'],
    [BLANK, 'a blank'],
    [NEVER_IN_ONE, 'one of \\ < > "'],
  ] as const
  const found = bad.find(([pattern]) => pattern.test(cell))
  if (found !== undefined) return { problem: `has ${found[1]}, which is not allowed in an address` }
  if (!URL.canParse(cell)) return { problem: 'is not an http or https address' }
  const { href, username, password } = new URL(cell)
  // The address goes to the feeds and shops and is shown to people, so it must not contain a secret.
  if (username !== '' || password !== '') return { problem: 'contains a user name or password' }
  return { url: href }
}

/** Texts that mean "no image". */
const NO_IMAGE: ReadonlySet<string> = new Set(['', 'no_selection', 'null', 'none', 'n/a', '#n/a', 'false', '-'])

/** Whether a text in place of an address means that there is no image. Pure. */
export function saysNoImage(text: string): boolean {
  return NO_IMAGE.has(text.trim().toLowerCase())
}

/**
 * Identifies the picture at an address: the address without the named parameters (`*` at the end of a name matches any
 * rest). Pure.
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
