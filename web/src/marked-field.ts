/** Names and indexes from the root of a JSON value to a value inside it. */
export type Path = readonly (string | number)[]

/**
 * The place of the field that a failure names: by its path (`lines[3].sku`), within `data` as events have it, by a
 * line's id (`lines.17`), or else by its last name, if that occurs only once. Null: not found, or ambiguous.
 */
export function pathOfField(value: unknown, field: string | null): Path | null {
  if (field === null || field === '') return null
  const names = field
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((name) => name !== '' && name !== '[]')
  for (const root of [[], ['data'], ['data', 'fields'], ['fields']]) {
    const found = follow(value, [...root, ...names])
    if (found !== null) return found
  }
  const last = names.findLast((name) => !/^\d+$/.test(name))
  const same = last === undefined ? [] : pathsOfName(value, last.toLowerCase())
  return same.length === 1 ? (same[0] ?? null) : null
}

function follow(value: unknown, names: readonly string[]): Path | null {
  const path: (string | number)[] = []
  let at = value
  for (const name of names) {
    const step = Array.isArray(at) ? indexOf(at, name) : nameIn(at, name)
    if (step === null) return null
    path.push(step)
    at = (at as Record<string | number, unknown>)[step]
  }
  return path
}

/** Lines are named by id or by index. */
function indexOf(list: readonly unknown[], name: string): number | null {
  const byId = list.findIndex((one) => isFields(one) && one['lineId'] === name)
  if (byId >= 0) return byId
  const index = Number(name)
  return Number.isInteger(index) && index >= 0 && index < list.length ? index : null
}

function nameIn(value: unknown, name: string): string | null {
  return isFields(value) && Object.hasOwn(value, name) ? name : null
}

function pathsOfName(value: unknown, name: string): readonly Path[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => under(index, pathsOfName(one, name)))
  if (!isFields(value)) return []
  return Object.entries(value).flatMap(([own, one]) =>
    own.toLowerCase() === name ? [[own]] : under(own, pathsOfName(one, name)),
  )
}

function under(step: string | number, paths: readonly Path[]): readonly Path[] {
  return paths.map((path) => [step, ...path])
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export interface JsonLine {
  readonly text: string
  readonly isMarked: boolean
}

/** A value as indented JSON, line by line; the lines at `marked` are marked. */
export function jsonLines(value: unknown, marked: Path | null): readonly JsonLine[] {
  return linesOf(value, { marked, isMarked: marked?.length === 0, indent: '', before: '', after: '' })
}

interface Writing {
  /** Rest of the path from here; null: it is elsewhere. */
  readonly marked: Path | null
  readonly isMarked: boolean
  readonly indent: string
  readonly before: string
  readonly after: string
}

function linesOf(value: unknown, { marked, isMarked, indent, before, after }: Writing): readonly JsonLine[] {
  const isList = Array.isArray(value)
  const entries: readonly (readonly [string | number, unknown])[] = isList
    ? [...value.entries()]
    : isFields(value)
      ? Object.entries(value).filter(([, one]) => one !== undefined)
      : []
  const line = (text: string): JsonLine => ({ text, isMarked })
  if (entries.length === 0) return [line(`${indent}${before}${JSON.stringify(value ?? null)}${after}`)]
  const within = entries.flatMap(([name, one], index) => {
    const rest = marked?.[0] === name ? marked.slice(1) : null
    return linesOf(one, {
      marked: rest,
      isMarked: isMarked || rest?.length === 0,
      indent: `${indent}  `,
      before: isList ? '' : `${JSON.stringify(name)}: `,
      after: index === entries.length - 1 ? '' : ',',
    })
  })
  return [line(`${indent}${before}${isList ? '[' : '{'}`), ...within, line(`${indent}${isList ? ']' : '}'}${after}`)]
}
