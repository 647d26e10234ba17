import { FORGOTTEN } from '../../events/forgotten.ts'
import type { TopicKind } from '../../events/topics.ts'
import { type AvroNode, type AvroSchema, isUnion, withoutNull } from '../registry/avro-node.ts'
import { parsedSchema } from '../registry/kind-schema.ts'

/** The personal fields of events of one kind: how they are taken out of an event, and put in again. */
export interface PersonalParts {
  /** A copy of the event without them, and they as JSON text. */
  takeOut<T>(event: T): { readonly event: T; readonly text: string }
  /** Puts them into an event that they were taken out of, in place. */
  putIn(event: unknown, text: string): void
  /** A copy of the event with what stands for them. */
  forget<T>(event: T): T
}

type Fields = Record<string, unknown>

/** A field that is personal, or has some below it. */
interface Part {
  readonly name: string
  /** The generation of fields that it came with. */
  readonly since: number
  /** What is below it; null: it is personal itself. */
  readonly below: Shape | null
  readonly blank: () => unknown
  readonly forgotten: () => unknown
}

/** `each`: of a list. */
interface Shape {
  readonly each: boolean
  readonly parts: readonly Part[]
}

const known = new Map<TopicKind, PersonalParts | null>()

/** Null: the kind has none. */
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

/** What was taken out, in the order of the fields, by the generation that these came with. */
type Values = Map<number, unknown[]>

const FIRST = 1
/** Begins a text that has fields of later generations; a process that does not know them can't read it wrongly. */
const LATER = 'later '

/** Where fields of later generations have nothing in them, the text is as it was before there were such. */
function textOf(values: Values): string {
  const said = [...values].filter(([since, own]) => since === FIRST || own.some((value) => value !== null))
  return said.length === 1 ? JSON.stringify(values.get(FIRST)) : LATER + JSON.stringify(said)
}

function valuesIn(text: string): Values {
  if (!text.startsWith(LATER)) return new Map([[FIRST, JSON.parse(text) as unknown[]]])
  return new Map(JSON.parse(text.slice(LATER.length)) as [number, unknown[]][])
}

/** A copy; the order of the fields is that of the schema, so that it is the same both ways. */
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
    // What is forgotten has the digest that it had before there was the field.
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
