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
      const values: unknown[] = []
      const rest = change(shape, event, (part, value) => {
        values.push(value)
        return part.blank()
      })
      return { event: rest as typeof event, text: JSON.stringify(values) }
    },
    putIn(event, text) {
      const values = JSON.parse(text) as readonly unknown[]
      let next = 0
      fill(shape, event, () => values[next++])
    },
    forget: (event) => change(shape, event, (part) => part.forgotten()) as typeof event,
  }
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

function fill(shape: Shape, value: unknown, next: () => unknown): void {
  for (const record of shape.each ? (value as Fields[]) : [value as Fields]) {
    for (const { name, below } of shape.parts) {
      const own = record[name]
      if (below === null) record[name] = next()
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
  const parts = (node?.fields ?? []).flatMap(({ name, type, personal }): Part[] => {
    const below = personal === true ? null : shapeOf(type, named)
    if (personal !== true && below === null) return []
    return [{ name, below, ...standInsOf(type, named) }]
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
