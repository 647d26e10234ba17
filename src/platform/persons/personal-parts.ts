import { FORGOTTEN } from '../../events/forgotten.ts'
import type { TopicKind } from '../../events/topics.ts'
import { type AvroNode, type AvroSchema, isUnion, withoutNull } from '../registry/avro-node.ts'
import { parsedSchema } from '../registry/kind-schema.ts'

/** Takes the personal fields out of events of one kind, and puts them in again. */
export interface PersonalParts {
  /** A copy of the event without the fields, and the fields as JSON text. */
  takeOut<T>(event: T): { readonly event: T; readonly text: string }
  /** Puts the fields back into their event, in place. */
  putIn(event: unknown, text: string): void
  /** A copy of the event with the fields replaced by their forgotten values. */
  forget<T>(event: T): T
}

type Fields = Record<string, unknown>

/** A field that is personal or contains personal fields. */
interface Part {
  readonly name: string
  /** The generation of fields that introduced it. */
  readonly since: number
  /** Its personal fields; null: it is personal itself. */
  readonly below: Shape | null
  readonly blank: () => unknown
  readonly forgotten: () => unknown
}

/** `each`: the value is a list. */
interface Shape {
  readonly each: boolean
  readonly parts: readonly Part[]
}

const known = new Map<TopicKind, PersonalParts | null>()

/** Null: the kind has no personal fields. */
export function personalParts(kind: TopicKind): PersonalParts | null {
  const parts = known.get(kind)
  if (parts !== undefined) return parts
  const { schema, named } = parsedSchema(kind)
  const shape = shapeOf(schema, named)
  const made = shape === null ? null : partsOf(shape)
  known.set(kind, made)
  return made
}

function partsOf(shape: Shape): PersonalParts {
  return {
    takeOut(event) {
      const values: Values = new Map([[FIRST, []]])
      const rest = change(shape, event, (part, value) => {
        const own = values.get(part.since) ?? []
        own.push(value ?? null)
        values.set(part.since, own)
        return part.blank()
      })
      return { event: rest as typeof event, text: textOf(values) }
    },
    putIn(event, text) {
      const left = new Map([...valuesIn(text)].map(([since, values]) => [since, values.values()]))
      fill(shape, event, ({ since, blank }) => {
        const values = left.get(since)
        return values === undefined ? blank() : values.next().value
      })
    },
    forget: (event) => change(shape, event, (part) => part.forgotten()) as typeof event,
  }
}

/** Values that were taken out, in the order of the fields, by the generation of the fields. */
type Values = Map<number, unknown[]>

const FIRST = 1
/**
 * Prefix of a text with fields of later generations: a process that does not know them fails instead of misreading it.
 */
const LATER = 'later '

/** Writes the earlier form of the text when all fields of later generations are empty. */
function textOf(values: Values): string {
  const said = [...values].filter(([since, own]) => since === FIRST || own.some((value) => value !== null))
  return said.length === 1 ? JSON.stringify(values.get(FIRST)) : LATER + JSON.stringify(said)
}

function valuesIn(text: string): Values {
  if (!text.startsWith(LATER)) return new Map([[FIRST, JSON.parse(text) as unknown[]]])
  return new Map(JSON.parse(text.slice(LATER.length)) as [number, unknown[]][])
}

/** A changed copy; visits fields in the order of the schema, so that taking out and putting in match. */
function change(shape: Shape, value: unknown, of: (part: Part, value: unknown) => unknown): unknown {
  if (shape.each) return (value as readonly unknown[]).map((one) => changeRecord(shape, one, of))
  return changeRecord(shape, value, of)
}

function changeRecord({ parts }: Shape, record: unknown, of: (part: Part, value: unknown) => unknown): unknown {
  const copy: Fields = { ...(record as Fields) }
  for (const part of parts) {
    const value = copy[part.name]
    if (part.below === null) copy[part.name] = of(part, value)
    else if (value !== null && value !== undefined) copy[part.name] = change(part.below, value, of)
  }
  return copy
}

function fill(shape: Shape, value: unknown, next: (part: Part) => unknown): void {
  for (const record of shape.each ? (value as Fields[]) : [value as Fields]) {
    for (const part of shape.parts) {
      const { name, below } = part
      const own = record[name]
      if (below === null) record[name] = next(part)
      else if (own !== null && own !== undefined) fill(below, own, next)
    }
  }
}

function shapeOf(schema: AvroSchema, named: ReadonlyMap<string, AvroNode>): Shape | null {
  const node = nodeOf(schema, named)
  if (node?.items !== undefined) {
    const below = shapeOf(node.items, named)
    return below === null ? null : { each: true, parts: below.parts }
  }
  const parts = (node?.fields ?? []).flatMap(({ name, type, personal, since = FIRST }): Part[] => {
    const below = personal === true ? null : shapeOf(type, named)
    if (personal !== true && below === null) return []
    const standIns = standInsOf(type, named)
    // Forgotten data keeps the digest that it had before the field existed.
    const forgotten = since > FIRST ? standIns.blank : standIns.forgotten
    return [{ name, since, below, blank: standIns.blank, forgotten }]
  })
  return parts.length === 0 ? null : { each: false, parts }
}

function standInsOf(type: AvroSchema, named: ReadonlyMap<string, AvroNode>): Pick<Part, 'blank' | 'forgotten'> {
  const node = nodeOf(type, named)
  const mayBeNull = isUnion(type) && type.includes('null')
  if (node?.items !== undefined) return { blank: () => [], forgotten: () => [] }
  if (node?.values !== undefined) return { blank: () => ({}), forgotten: () => ({}) }
  return { blank: () => (mayBeNull ? null : ''), forgotten: () => FORGOTTEN }
}

function nodeOf(schema: AvroSchema, named: ReadonlyMap<string, AvroNode>): AvroNode | undefined {
  const own = withoutNull(schema)
  return typeof own === 'string' ? named.get(own) : (own as AvroNode)
}
