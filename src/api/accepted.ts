export const JSON_TYPE = 'application/json'
export const CSV = 'text/csv'

/** A name in an `Accept` or `Accept-Encoding` header, in lower case. */
interface Accepted {
  readonly name: string
  /** 0: refused; 1 by default. */
  readonly quality: number
}

/** The names in `Accept` or `Accept-Encoding`, in the order of the header. */
function acceptedNames(header: string | undefined): readonly Accepted[] {
  return (header ?? '').split(',').map((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const quality = Number(parameters.find((one) => one.startsWith('q='))?.slice('q='.length) ?? 1)
    return { name, quality }
  })
}

/**
 * The media type to answer with: the one of `offered` that the caller prefers. The first of `offered` if the caller
 * names none of them, or accepts any type equally.
 */
export function preferredType<T extends string>(header: string | undefined, offered: readonly [T, ...T[]]): T {
  const [usual] = offered
  const typeOf = (name: string) => offered.find((type) => type === name) ?? (name.endsWith('/*') ? usual : undefined)
  const [first] = acceptedNames(header)
    .filter(({ name, quality }) => quality > 0 && typeOf(name) !== undefined)
    .toSorted((a, b) => b.quality - a.quality)
  return (first === undefined ? undefined : typeOf(first.name)) ?? usual
}

/**
 * The content coding to answer with: the one of `offered` that the caller prefers, the first among equals; null: none.
 */
export function preferredCoding<T extends string>(header: string | undefined, offered: readonly T[]): T | null {
  if (header === undefined) return null
  const accepted = acceptedNames(header)
  const qualityOf = (coding: string) =>
    (accepted.find(({ name }) => name === coding) ?? accepted.find(({ name }) => name === '*'))?.quality ?? 0
  const [first] = offered
    .map((coding) => ({ coding, quality: qualityOf(coding) }))
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
  return first?.coding ?? null
}
