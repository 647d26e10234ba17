import type { JsonValue } from './json-reader.ts'

/** What a document says of a page that comes after it: where it is, or why that can't be told. */
export type NextPage = { readonly address: string } | { readonly problem: string }

type Fields = ReadonlyMap<string, JsonValue>

const NEXT = /^(odata|_)?next(page|set)?(url|uri|link|href)?$/
const NEXT_MARK = /^(next(page)?(token|cursor|offset|index|skip)|continuationtoken)$/
const HAS_MORE = new Set(['hasmore', 'hasnext', 'hasnextpage', 'more', 'moreavailable', 'morepages', 'hasmorepages'])
const IS_LAST = new Set(['last', 'islast', 'islastpage', 'lastpage'])
const PAGE = ['page', 'currentpage', 'pagenumber', 'pageno', 'pageindex', 'current']
const PAGES = ['totalpages', 'lastpage', 'pagestotal', 'pagetotal', 'numpages']
/** Words that may be of something else, such as a book, unless a page stands beside them. */
const PAGES_OF_PAGE = ['pages', 'pagecount', 'maxpage']
const LIMIT = ['limit', 'perpage', 'pagesize', 'itemsperpage', 'resultsperpage', 'take']
const SKIPPED = ['offset', 'skip']
const TOTAL = ['total', 'totalcount', 'totalresults', 'totalitems', 'totalrecords', 'numfound', 'totalelements']

/**
 * Whether a document of JSON is one page of several, by what surrounds its rows, and where the next one is. Null: nothing
 * says so. Pure.
 */
export function nextPageOf(around: JsonValue, rows: number): NextPage | null {
  const all = objectsIn(around).map(fieldsOf)
  const linked = linkOf(around)
  if (linked !== null) return { address: linked }
  let isLast = false
  for (const fields of all) {
    for (const [name, value] of fields) {
      if (NEXT.test(name)) {
        const address = addressIn(value)
        if (address !== null) return { address }
        if (isSaid(value)) return { problem: `it has a next page (${shown(value)}), which has no address` }
        isLast = true
      }
      if (NEXT_MARK.test(name) && isSaid(value)) return { problem: `it has a next page (${shown(value)})` }
      if (HAS_MORE.has(name)) {
        if (value === true || value === 'true') return { problem: 'it says that there is more' }
        isLast ||= value === false
      }
      if (IS_LAST.has(name) && typeof value === 'boolean') {
        if (!value) return { problem: 'it says that it is not the last page' }
        isLast = true
      }
    }
  }
  return isLast ? null : byNumbers(all, rows)
}

function byNumbers(all: readonly Fields[], rows: number): NextPage | null {
  const numberOf = (names: readonly string[]) => {
    const found = names.flatMap((name) => all.flatMap((fields) => wholeOf(fields.get(name)) ?? []))
    return found[0]
  }
  const [page, limit, total] = [numberOf(PAGE), numberOf(LIMIT), numberOf(TOTAL)]
  const pages = numberOf(PAGES) ?? (page === undefined ? undefined : numberOf(PAGES_OF_PAGE))
  if (pages !== undefined && pages > 1 && (page === undefined || page < pages)) {
    return { problem: `it is page ${page ?? '?'} of ${pages}` }
  }
  if (limit === undefined || total === undefined || limit >= total) return null
  const before = numberOf(SKIPPED) ?? Math.max((page ?? 1) - 1, 0) * limit
  return before + rows < total ? { problem: `it has ${rows} of ${total} rows` } : null
}

/** The address of a `Link` header's `rel="next"` (RFC 8288); null: it names none. Pure. */
export function nextLink(header: string | null): string | null {
  for (const [, address = '', parameters = ''] of (header ?? '').slice(0, 16_384).matchAll(/<([^<>]*)>([^<]*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=[\s;,]|$))/i.test(parameters)) return address
  }
  return null
}

/** Objects around the rows, the outer ones first. */
function objectsIn(value: JsonValue): { readonly [name: string]: JsonValue }[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const object = value as { readonly [name: string]: JsonValue }
  return [object, ...Object.values(object).flatMap(objectsIn)]
}

function fieldsOf(object: { readonly [name: string]: JsonValue }): Fields {
  return new Map(Object.entries(object).map(([name, value]) => [name.toLowerCase().replace(/[^a-z]/g, ''), value]))
}

/** Of `"links": [{ "rel": "next", "href": … }]`. */
function linkOf(value: JsonValue): string | null {
  if (Array.isArray(value)) {
    const next = value.find((link) => fieldsIn(link).get('rel') === 'next')
    return next === undefined ? null : addressIn(next)
  }
  if (typeof value !== 'object' || value === null) return null
  return (
    Object.values(value)
      .map(linkOf)
      .find((address) => address !== null) ?? null
  )
}

function fieldsIn(value: JsonValue): Fields {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? fieldsOf(value as { readonly [name: string]: JsonValue }) : new Map()
}

function addressIn(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return /^(https?:\/\/|\/|\?|\.\/)/i.test(value) ? value : null
  const fields = fieldsIn(value ?? null)
  const inner = ['href', 'url', 'uri', 'link'].map((name) => fields.get(name)).find((one) => typeof one === 'string')
  return inner === undefined ? null : addressIn(inner)
}

function isSaid(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return value !== null && value !== false && value !== '' && value !== '0' && value !== 'false' && value !== 'null'
}

function wholeOf(value: JsonValue | undefined): number | null {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : null
}

function shown(value: JsonValue): string {
  return JSON.stringify(value).slice(0, 60)
}
