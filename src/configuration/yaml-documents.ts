import { type Document, isMap, isNode, isScalar, LineCounter, parseAllDocuments } from 'yaml'

/** What is wrong with the configuration, where, and the way out. */
export interface Mistake {
  readonly file: string
  readonly line: number
  /** Path in the document, for example `reads[0].schedule`; empty for the document itself. */
  readonly field: string
  readonly message: string
}

export type FieldPath = readonly (string | number)[]

/** One YAML document and where its fields are. */
export interface YamlDocument {
  readonly value: unknown
  /** File and line where it begins. */
  readonly place: string
  /** A mistake at the field, or at the nearest part around it that is there. */
  mistake(path: FieldPath, message: string): Mistake
}

/** Reads all documents of a file; what is no YAML is given as mistakes. */
export function readYaml(file: string, text: string): { documents: YamlDocument[]; mistakes: Mistake[] } {
  const lines = new LineCounter()
  const documents: YamlDocument[] = []
  const mistakes: Mistake[] = []
  for (const document of [parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })].flat()) {
    for (const error of document.errors) {
      const { line } = lines.linePos(error.pos[0])
      mistakes.push({ file, line, field: '', message: `is no valid YAML: ${error.message}` })
    }
    if (document.errors.length > 0 || document.toJS() === null) continue
    documents.push({
      value: document.toJS(),
      place: `${file}:${lines.linePos(offsetOf(document, [])).line}`,
      mistake: (path, message) => {
        const line = lines.linePos(offsetOf(document, path)).line
        return { file, line, field: fieldText(path), message }
      },
    })
  }
  return { documents, mistakes }
}

function offsetOf(document: Document, path: FieldPath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const key = path[length - 1]
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return pair.key.range[0]
    } else {
      const node = document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return node.range[0]
    }
  }
  return isNode(document.contents) && document.contents.range ? document.contents.range[0] : 0
}

/** A document that is no part of a file, under the name it is called by in mistakes. */
export function namedDocument(name: string, value: unknown): YamlDocument {
  return { value, place: name, mistake: (path, message) => ({ file: name, line: 0, field: fieldText(path), message }) }
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
