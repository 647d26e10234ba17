import { isMap, isNode, LineCounter, parseDocument, stringify } from 'yaml'
import { texts } from '../../texts.ts'
import { type Mistake, parseYaml } from '../connections/yaml.ts'

/** Rules of a mapping, as the API takes them. */
export interface Rules {
  readonly attributes: unknown
  readonly destination?: unknown
}

/** The rules of a stored document as text. */
export function rulesText({ attributes, destination }: Readonly<Record<string, unknown>>): string {
  return stringify({ ...(destination === undefined ? {} : { destination }), attributes }, { lineWidth: 0 })
}

/** The rules in the text, or why they can't be read. */
export function readRules(text: string): { readonly rules: Rules } | { readonly mistake: Mistake } {
  const parsed = parseYaml(text)
  if (parsed.mistake !== null) return { mistake: parsed.mistake }
  const { document, value } = parsed
  if (!isMap(document.contents) || !Array.isArray((value as Rules).attributes)) {
    return { mistake: { message: texts.mapping.noList, line: null } }
  }
  return { rules: value as Rules }
}

/** The line of a field that the API names: `attributes[1].expression`. */
export function lineOfField(text: string, field: string | null): number | null {
  if (field === null) return null
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const path = field
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .map((name) => (/^\d+$/.test(name) ? Number(name) : name))
  // A missing field is reported at its parent.
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return null
}

/** An order map as text; an empty one begins with the names that it may contain. */
export function textOfMap(map: unknown): string {
  return stringify(map ?? { shipMethods: {}, fields: [] }, { lineWidth: 0 })
}

/** The map in the text, or why it can't be read. */
export function readMap(
  text: string,
): { readonly rules: Readonly<Record<string, unknown>> } | { readonly mistake: Mistake } {
  const parsed = parseYaml(text)
  if (parsed.mistake !== null) return { mistake: parsed.mistake }
  const { document, value } = parsed
  if (!isMap(document.contents)) return { mistake: { message: texts.mapping.noMap, line: null } }
  return { rules: value as Readonly<Record<string, unknown>> }
}
