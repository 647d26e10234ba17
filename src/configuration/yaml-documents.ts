import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml'

/** A mistake in the configuration, with its place and fix. */
export interface Mistake {
  readonly file: string
  readonly line: number
  /** Path in the document, for example `reads[0].schedule`; empty for the document itself. */
  readonly field: string
  readonly message: string
}

export type FieldPath = readonly (string | number)[]

/** One YAML document and the places of its fields. */
export interface YamlDocument {
  readonly value: unknown
  /** File and line of its start. */
  readonly place: string
  /** File and line of the field, or of the nearest existing part around it. */
  placeOf(path: FieldPath): string
  /** A mistake at that place. */
  mistake(path: FieldPath, message: string): Mistake
}

/** Reads all documents of a file. An invalid one gives one mistake: its first. */
export function readYaml(file: string, text: string): { documents: YamlDocument[]; mistakes: Mistake[] } {
  const lines = new LineCounter()
  const documents: YamlDocument[] = []
  const mistakes: Mistake[] = []
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false } as const
  for (const document of [parseAllDocuments(text, options)].flat()) {
    const [error] = document.errors
    const read = error === undefined ? plainValue(document) : { problem: error.message, offset: error.pos[0] }
    if ('problem' in read) {
      const { line } = lines.linePos(read.offset)
      mistakes.push({ file, line, field: '', message: `is not valid YAML: ${read.problem}` })
      continue
    }
    if (read.value === null) continue
    const lineOf = (path: FieldPath) => lines.linePos(offsetOf(document, path)).line
    const placeOf = (path: FieldPath) => `${file}:${lineOf(path)}`
    documents.push({
      value: read.value,
      place: placeOf([]),
      placeOf,
      mistake: (path, message) => ({ file, line: lineOf(path), field: fieldText(path), message }),
    })
    for (const { path, first, second } of repeatedKeys(document.contents, [])) {
      const [before, line] = [first, second].map((offset) => lines.linePos(offset).line)
      const message = twiceAt(`${file}:${before}`)
      mistakes.push({ file, line: line ?? 0, field: fieldText(path), message })
    }
  }
  return { documents, mistakes }
}

/** Converts a document; only this finds aliases without an anchor and aliases that expand without limit. */
function plainValue(
  document: Document,
): { readonly value: unknown } | { readonly problem: string; readonly offset: number } {
  try {
    return { value: document.toJS() }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error), offset: offsetOf(document, []) }
  }
}

interface RepeatedKey {
  readonly path: FieldPath
  readonly first: number
  readonly second: number
}

function repeatedKeys(node: unknown, path: FieldPath): readonly RepeatedKey[] {
  if (!isCollection(node) || isAlias(node)) return []
  if (!isMap(node)) return node.items.flatMap((item, index) => repeatedKeys(item, [...path, index]))
  const own = node.items.flatMap((item, index) => {
    const first = node.items.slice(0, index).find((other) => keyText(other) === keyText(item))
    return first === undefined
      ? []
      : [{ path: [...path, keyText(item)], first: offsetOfKey(first), second: offsetOfKey(item) }]
  })
  return [...own, ...node.items.flatMap((item) => repeatedKeys(item.value, [...path, keyText(item)]))]
}

const keyText = ({ key }: Pair): string => String(isScalar(key) ? key.value : key)

function offsetOfKey({ key }: Pair): number {
  return isNode(key) ? (key.range?.[0] ?? 0) : 0
}

function offsetOf(document: Document, path: FieldPath): number {
  let node: unknown = document.contents
  let offset = rangeStart(document.contents)
  for (const part of path) {
    const found: unknown = isMap(node)
      ? pairOf(node, String(part))
      : isCollection(node)
        ? node.items[Number(part)]
        : null
    if (found === null || found === undefined) return offset
    if (isMap(node)) {
      const pair = found as Pair
      offset = offsetOfKey(pair) || offset
      node = pair.value
    } else {
      offset = isNode(found) ? rangeStart(found) : offset
      node = found
    }
  }
  return offset
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find((item) => isScalar(item.key) && String(item.key.value) === name)
}

function rangeStart(node: Node | null): number {
  return node?.range?.[0] ?? 0
}

/** Message for something that is already given at another place. */
export function twiceAt(place: string): string {
  return `is given twice: the other is at ${place}; keep one`
}

/** A document that does not come from a file; `name` identifies it in mistakes. */
export function namedDocument(name: string, value: unknown): YamlDocument {
  return {
    value,
    place: name,
    placeOf: () => name,
    mistake: (path, message) => ({ file: name, line: 0, field: fieldText(path), message }),
  }
}

/** `reads[0].schedule` */
function fieldText(path: FieldPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')
}

/** `demo/systems.yaml:12: reads[0].schedule …` */
export function mistakeText({ file, line, field, message }: Mistake): string {
  const place = line === 0 ? file : `${file}:${line}`
  return `${place}: ${field === '' ? 'the document' : field} ${message}`
}
