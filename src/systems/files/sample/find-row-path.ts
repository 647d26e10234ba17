import { JsonReader, type JsonValue } from '../../kit/json-reader.ts'
import { type XmlSurroundings, xmlRows } from '../../kit/xml-rows.ts'
import type { RowWords } from '../row-source.ts'

/** No name is this one, so that everything counts as around the rows, which is stored in part. */
const NOWHERE = ['\0']
const MOST_PATHS = 2000

/** The path to the list with the most objects, the outer one first; null: the document is the list itself. */
export async function findJsonPath(text: AsyncIterable<string>, words: RowWords): Promise<string | null> {
  const reader = new JsonReader(NOWHERE, words)
  for await (const chunk of text) {
    reader.write(chunk)
    reader.take()
  }
  reader.end()
  const lists = listsIn(reader.around, [])
  const depth = Math.min(...lists.map(({ path }) => path.length))
  const [largest] = lists.filter(({ path }) => path.length === depth).toSorted((a, b) => b.objects - a.objects)
  return largest === undefined || largest.path.length === 0 ? null : largest.path.join('.')
}

interface List {
  readonly path: readonly string[]
  readonly objects: number
}

function listsIn(value: JsonValue, path: readonly string[]): readonly List[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) {
    const objects = value.filter((one) => typeof one === 'object' && one !== null && !Array.isArray(one)).length
    return objects === 0 ? [] : [{ path, objects }]
  }
  return Object.entries(value).flatMap(([name, member]) => listsIn(member as JsonValue, [...path, name]))
}

/** What is known of the elements at a path. */
interface Elements {
  readonly depth: number
  count: number
  /** Whether one parent has several of them. */
  isRepeated: boolean
  readonly attributes: Set<string>
  readonly children: Set<string>
}

/** The path to the elements that repeat, the outer ones first; null: they are all children of the root. */
export async function findXmlPath(text: AsyncIterable<string>, words: RowWords): Promise<string | null> {
  const found = new Map<string, Elements>()
  const form = { path: null, pathSetting: `${words.settingsOf}.rows`, mayBeEmpty: true, words, around: noting(found) }
  for await (const row of xmlRows(text, form)) void row
  const branches = [...found].filter(
    ([, { depth, children, attributes }]) => depth > 1 && children.size + attributes.size > 0,
  )
  const leavesOf = ({ children, attributes }: Elements, path: string) =>
    attributes.size +
    [...children].filter((child) => !branches.some(([branch]) => branch === `${path}.${child}`)).length
  const repeated = branches.filter(([, { isRepeated }]) => isRepeated)
  const outer = repeated.filter(([path]) => !repeated.some(([other]) => path.startsWith(`${other}.`)))
  const weight = ([path, one]: readonly [string, Elements]) => one.count * leavesOf(one, path)
  const [best] = (outer.length > 0 ? outer : branches).toSorted((a, b) => weight(b) - weight(a))
  if (best === undefined) return null
  const [path, { depth }] = best
  const siblings = [...found].filter(([, one]) => one.depth === 2)
  return depth === 2 && siblings.length === 1 ? null : path
}

function noting(found: Map<string, Elements>): XmlSurroundings {
  const open: { readonly path: string; readonly counts: Map<string, number> }[] = []
  return {
    open(name, attributes) {
      const parent = open.at(-1)
      const path = parent === undefined ? name : `${parent.path}.${name}`
      const times = (parent?.counts.get(name) ?? 0) + 1
      parent?.counts.set(name, times)
      open.push({ path, counts: new Map() })
      const known = found.get(path) ?? newElements(open.length)
      if (found.size < MOST_PATHS) found.set(path, known)
      known.count += 1
      known.isRepeated ||= times > 1
      for (const attribute of Object.keys(attributes)) known.attributes.add(attribute)
      if (parent !== undefined) found.get(parent.path)?.children.add(name)
    },
    text: () => undefined,
    close: () => void open.pop(),
  }
}

function newElements(depth: number): Elements {
  return { depth, count: 0, isRepeated: false, attributes: new Set(), children: new Set() }
}
