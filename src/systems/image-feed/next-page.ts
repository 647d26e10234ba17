import { type JsonValue, LONG_TEXT } from '../kit/json-reader.ts'

/**
 * Whether a document has a next page: its address, or why the address is not known. `byNumbers`: derived from page
 * numbers, not stated.
 */
export type NextPage = { readonly address: string } | { readonly problem: string; readonly byNumbers?: true }

type JsonObject = { readonly [name: string]: JsonValue }
type Fields = ReadonlyMap<string, JsonValue>
type Statement = NextPage | { readonly isLast: true }

const LAST: Statement = { isLast: true }

/** Names of objects with paging information; other objects describe goods. */
const PAGING =
  /pagin|cursor|^pages?(info|data|meta|details|context)?$|^pager$|^(meta|metadata|links?|nav|navigation|info|head|header|result|resultset|response)$/
const NEXT = /^(odata)?next(page|set)?(url|uri|link|href)?$/
const NAMES_ADDRESS = /(url|uri|link|href)$/
const NEXT_MARK = /^(next(page|continuation)?(token|cursor|offset|index|skip|marker|start|key)|continuationtoken)$/
const HAS_MORE =
  /^(more|hasmore(items|results|records|rows|data|pages)?|hasnext(page)?|moreavailable|morepages|(is)?truncated)$/
const IS_LAST = /^(is)?last(page)?$/
const PAGE = ['page', 'currentpage', 'pagenumber', 'pageno', 'pageindex', 'current']
const PAGES = ['totalpages', 'lastpage', 'pagestotal', 'pagetotal', 'numpages', 'nbpages', 'numberofpages']
/**
 * Names that may describe something else, such as a book, unless there is also a page number or their object is about
 * paging.
 */
const PAGES_OF_PAGE = ['pages', 'pagecount', 'maxpage']
const LIMIT = ['limit', 'perpage', 'pagesize', 'itemsperpage', 'resultsperpage', 'take']
const SKIPPED = ['offset', 'skip', 'start', 'startindex', 'startat']
const TOTAL = [
  'total',
  'totalcount',
  'totalresults',
  'totalitems',
  'totalrecords',
  'totalrows',
  'totalhits',
  'totalelements',
  'numfound',
  'nbhits',
  'recordstotal',
]
const NUMBERS = new Set([PAGE, PAGES, PAGES_OF_PAGE, LIMIT, SKIPPED, TOTAL].flat())

/**
 * Finds out from the content around the records whether a document is one of several pages, and where the next one is.
 * Only considers the outermost object, the objects on the path to the records (`envelope` has their names) and objects
 * with paging information. Null: there is no sign of a next page. Pure.
 */
export function nextPageOf(around: JsonValue, records: number, envelope: readonly string[] = []): NextPage | null {
  const objects = pagingObjects(around, envelope)
  const statements = objects.flatMap(({ fields }) =>
    [...fields].flatMap(([name, value]) => statementOf(name, value) ?? []),
  )
  const address = statements.find((statement) => 'address' in statement)
  const problem = statements.find((statement) => 'problem' in statement)
  if (address !== undefined || problem !== undefined) return address ?? problem ?? null
  return statements.length > 0 ? null : byNumbers(objects, records)
}

/** Whether a field of this name may contain paging information. */
export function speaksOfPages(name: string): boolean {
  const word = plain(name)
  return NUMBERS.has(word) || [PAGING, NEXT, NEXT_MARK, HAS_MORE, IS_LAST].some((words) => words.test(word))
}

interface PagingObject {
  readonly fields: Fields
  /** Its name indicates paging information. */
  readonly isNamed: boolean
}

/** Outer objects come first. */
function pagingObjects(around: JsonValue, envelope: readonly string[], isNamed = false): PagingObject[] {
  return objectsOf(around).flatMap((object) => [
    { fields: fieldsOf(object), isNamed },
    ...Object.entries(object).flatMap(([name, value]) => {
      if (name === envelope[0]) return pagingObjects(value, envelope.slice(1))
      const isPaging = PAGING.test(plain(name)) && !(Array.isArray(value) && plain(name).startsWith('link'))
      return isPaging ? pagingObjects(value, [], true) : []
    }),
  ])
}

function statementOf(name: string, value: JsonValue): Statement | null {
  const link = objectsOf(value).find(isNextLink)
  if (link !== undefined) return nextIn(link, true)
  if (NEXT.test(name)) return nextAt(value, NAMES_ADDRESS.test(name))
  return statementIn(name, simple(value))
}

function statementIn(name: string, value: JsonValue): Statement | null {
  if (NEXT_MARK.test(name) && isSaid(value)) return { problem: `it has a next page (${shown(value)})` }
  if (HAS_MORE.test(name)) {
    const more = flagOf(value) ?? (name !== 'more' && isSaid(value) ? true : null)
    return more === null ? null : more ? { problem: 'it states that there is more' } : LAST
  }
  if (!IS_LAST.test(name)) return null
  // A number may be the number of the last page.
  const isLast = wholeOf(value) !== null && !name.startsWith('is') ? null : flagOf(value)
  return isLast === null ? null : isLast ? LAST : { problem: 'it states that it is not the last page' }
}

/** Recognizes `{ "rel": "next", "href": … }`; link relations are case-insensitive (RFC 8288). */
function isNextLink(object: JsonObject): boolean {
  const fields = fieldsOf(object)
  const relations = fields.get('rel') ?? fields.get('relation') ?? null
  return (Array.isArray(relations) ? relations : [relations]).some(
    (relation) => typeof relation === 'string' && /(?:^|[\s/])next(?:\s|$)/i.test(relation),
  )
}

function nextAt(value: JsonValue, isAddress: boolean): Statement {
  if (value === LONG_TEXT) return { problem: 'the address of its next page is too long' }
  if (!isSaid(value)) return LAST
  if (typeof value === 'string') {
    const text = value.trim()
    return (isAddress ? REFERENCE : ADDRESS).test(text) ? { address: text } : noAddress(value)
  }
  const [object] = Array.isArray(value) ? [] : objectsOf(value)
  return object === undefined ? noAddress(value) : nextIn(object, isAddress)
}

/** Fields of a link that do not identify a page. */
const DESCRIPTION = new Set(['rel', 'relation', 'title', 'type', 'method', 'label', 'name', 'templated', 'active'])

function nextIn(object: JsonObject, isAddress: boolean): Statement {
  const fields = fieldsOf(object)
  const addresses = ['href', 'url', 'uri', 'link'].flatMap((name) => fields.get(name) ?? (fields.has(name) ? null : []))
  const address = addresses.find(isSaid)
  if (address !== undefined) return nextAt(address, true)
  const value = fields.get('value') ?? null
  if (isSaid(value)) return nextAt(value, isAddress)
  const saysNothing = [...fields].every(([name, said]) => DESCRIPTION.has(name) || !isSaid(said))
  return saysNothing && (addresses.length > 0 || !isNextLink(object)) ? LAST : noAddress(object)
}

function noAddress(value: JsonValue): NextPage {
  return { problem: `it has a next page (${shown(value)}) without an address` }
}

/** In an address field: an absolute address, or one relative to the document. */
const REFERENCE = /^(https?:\/\/|(?![a-z][a-z\d+.-]*:)\S+$)/i
/** In a field that may also contain a page number or token. */
const ADDRESS =
  /^(https?:\/\/|\/|\?|\.{1,2}\/|[\w./~%+-]+\?[\w.~%+-]+=|[\w./~%+-]+\.(csv|gz|json|jsonl|ndjson|tsv|txt|xml)$)/i

function byNumbers(all: readonly PagingObject[], records: number): NextPage | null {
  const numberOf = (names: readonly string[], among = all) =>
    names.flatMap((name) => among.flatMap(({ fields }) => wholeOf(fields.get(name)) ?? []))[0]
  const counted = pageOfPages(all)
  const page = counted?.page ?? numberOf(PAGE)
  const ofPages = page === undefined ? all.filter(({ isNamed }) => isNamed) : all
  const pages = counted?.pages ?? numberOf(PAGES) ?? numberOf(PAGES_OF_PAGE, ofPages)
  if (pages !== undefined && pages > 1 && (page === undefined || page < pages)) {
    return { problem: `it is page ${page ?? '?'} of ${pages}`, byNumbers: true }
  }
  const [limit, total] = [numberOf(LIMIT), numberOf(TOTAL)]
  if (total === undefined || (limit !== undefined && limit >= total)) return null
  const before = numberOf(SKIPPED) ?? Math.max((page ?? 1) - 1, 0) * (limit ?? records)
  return before + records < total ? { problem: `it has ${records} of ${total} rows`, byNumbers: true } : null
}

/** Reads `"page": "1 of 40"`. */
function pageOfPages(all: readonly PagingObject[]): { readonly page: number; readonly pages: number } | undefined {
  const texts = [...PAGE, ...PAGES, ...PAGES_OF_PAGE].flatMap((name) => all.map(({ fields }) => fields.get(name)))
  for (const text of texts) {
    const numbers = typeof text === 'string' ? /^(?:page )?(\d{1,9}) ?(?:of|\/) ?(\d{1,9})$/i.exec(text.trim()) : null
    if (numbers !== null) return { page: Number(numbers[1]), pages: Number(numbers[2]) }
  }
  return undefined
}

/** The address of a `Link` header with `rel="next"` (RFC 8288); null if there is none. Pure. */
export function nextLink(header: string | null): string | null {
  for (const [, address = '', parameters = ''] of (header ?? '').slice(0, 16_384).matchAll(/<([^<>]*)>([^<]*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=[\s;,]|$))/i.test(parameters)) return address
  }
  return null
}

/** The object, or the objects in a list. */
function objectsOf(value: JsonValue): readonly JsonObject[] {
  const members: readonly JsonValue[] = Array.isArray(value) ? value : [value]
  return members.filter(isObject)
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldsOf(object: JsonObject): Fields {
  return new Map(Object.entries(object).map(([name, value]) => [plain(name), value]))
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z\d]/g, '')
}

const YES = new Set(['true', 'yes', 'y', '1'])
const NO = new Set(['false', 'no', 'n', '0'])
const NONE = new Set([...NO, '', 'null', 'none', 'nil', 'n/a', '-', '-1', '#'])

/** Null: neither yes nor no. */
function flagOf(value: JsonValue): boolean | null {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' ? value.trim().toLowerCase() : ''
  return YES.has(word) ? true : NO.has(word) ? false : null
}

function isSaid(value: JsonValue): boolean {
  if (typeof value === 'string') return !NONE.has(value.trim().toLowerCase())
  if (typeof value === 'object' && value !== null) return Object.values(value).some(isSaid)
  return value === true
}

/** The value of `{ "value": … }`, the form of an element with attributes. */
function simple(value: JsonValue): JsonValue {
  return isObject(value) && value['value'] !== undefined ? value['value'] : value
}

function wholeOf(value: JsonValue | undefined): number | null {
  const number = simple(value ?? null)
  return typeof number === 'string' && /^\d{1,9}$/.test(number) ? Number(number) : null
}

function shown(value: JsonValue): string {
  return JSON.stringify(value).slice(0, 60)
}
