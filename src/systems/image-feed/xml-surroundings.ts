import { AROUND, type JsonValue, LONG_TEXT } from '../kit/json-reader.ts'
import { speaksOfPages } from './next-page.ts'

/** An open element that is stored. */
interface Kept {
  readonly name: string
  /** It contains the rows. */
  readonly isOnWay: boolean
  readonly members: Map<string, JsonValue[]>
  hasChildren: boolean
  text: string
}

/**
 * Collects the content around XML rows that may have paging information, in JSON form: an element with attributes or
 * children becomes an object of them, by name without prefix; any other becomes its text. `path`: the names from the
 * root to a row; null: the children of the root are rows, but some may be other elements.
 */
export function createSurroundings(path: readonly string[] | null) {
  const kept: Kept[] = []
  /** Number of open elements that are not stored. */
  let passed = 0
  let value: JsonValue = null
  const isOnWay = (tag: string) => (kept.at(-1)?.isOnWay ?? true) && (path?.[kept.length] ?? tag) === tag
  const keeps = (name: string, isRow: boolean, onWay: boolean) => {
    const parent = kept.at(-1)
    if (parent === undefined) return true
    if (passed > 0 || kept.length >= AROUND.depth + (path?.length ?? 0) || (isRow && path !== null)) return false
    return onWay || !parent.isOnWay || speaksOfPages(name)
  }
  return {
    /** `isRow`: the element is a row or is inside one. */
    open(tag: string, attributes: Readonly<Record<string, string>>, isRow: boolean) {
      const onWay = !isRow && isOnWay(tag)
      const name = onWay ? tag : withoutPrefix(tag)
      if (!keeps(name, isRow, onWay)) {
        passed += 1
        return
      }
      const members: Kept['members'] = new Map()
      // Attributes with a prefix are XML metadata, not content.
      for (const [attribute, text] of Object.entries(attributes)) {
        if (!attribute.includes(':') && attribute !== 'xmlns') add(members, attribute, bounded(text))
      }
      kept.push({ name, isOnWay: onWay, members, hasChildren: false, text: '' })
    },
    text(more: string) {
      const innermost = kept.at(-1)
      if (passed > 0 || innermost === undefined || innermost.text.length > AROUND.text) return
      innermost.text = (innermost.text + more).trimStart().slice(0, AROUND.text + 1)
    },
    close() {
      if (passed > 0) {
        passed -= 1
        return
      }
      const closed = kept.pop()
      const parent = kept.at(-1)
      if (closed === undefined) return
      if (parent === undefined) {
        value = contentOf(closed, path === null)
        return
      }
      parent.hasChildren = true
      add(parent.members, closed.name, contentOf(closed, false))
    },
    get value(): JsonValue {
      return value
    },
  }
}

/** If rows and other elements are mixed, repeated elements are rows and are left out. */
function contentOf({ members, hasChildren, text }: Kept, hasRows: boolean): JsonValue {
  if (members.size === 0) return bounded(text)
  const content: Record<string, JsonValue> = Object.create(null) as Record<string, JsonValue>
  for (const [name, values] of members) {
    const [first = null, ...others] = values
    if (others.length === 0) content[name] = first
    else if (!hasRows || LINK.test(name)) content[name] = values
  }
  if (!hasChildren) content['value'] ??= bounded(text)
  return content
}

const LINK = /^links?$/i

function add(members: Kept['members'], name: string, value: JsonValue): void {
  const before = members.get(name)
  if (before !== undefined) {
    if (before.length < AROUND.members) before.push(value)
  } else if (members.size < AROUND.members) members.set(name, [value])
}

function bounded(text: string): JsonValue {
  return text.length > AROUND.text ? LONG_TEXT : text.trim()
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
