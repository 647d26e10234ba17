import { type TSchema, Type } from 'typebox'
import { PathText } from '../path-text.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const OptionalText = Nullable(Text)
const Count = Type.Integer()

const Window = Type.Object({
  task: Text,
  state: Text,
  trigger: Text,
  from: OptionalText,
  to: OptionalText,
  ended_at: OptionalText,
  read: Type.Integer({ description: 'Rows returned by the source; a row returned twice counts twice' }),
  keys: Type.Integer({ description: 'Different keys read' }),
  published: Count,
  unchanged: Count,
  unreadable: Count,
  missing: Type.Integer({ description: 'Keys of the window that the first pass missed' }),
  read_again: Type.Integer({ description: 'Rows read again for the missing keys' }),
  error: Nullable(
    Type.Object(
      { code: Text, message: Text, fix: Type.String({ description: 'Commands that show the run and repeat it' }) },
      { description: 'Why the window was not read completely; null: it was, or it is being read' },
    ),
  ),
  digest: Nullable(Type.String({ description: 'Digest of all keys read, with their change times' })),
})

export const ReadStatus = Type.Object({
  id: Text,
  system: Text,
  entity: Text,
  scope: Text,
  schedule: OptionalText,
  zone: Text,
  next_tick: OptionalText,
  last_tick: OptionalText,
  cut_date: Nullable(Type.String({ description: 'All earlier changes were read; null: not read yet' })),
  revision: Type.Integer({ description: 'Revision of the cut date: send it with a change of the cut date' }),
  lease: Nullable(Type.Object({ worker: Text, until: Text })),
  current: Nullable(Type.String({ description: 'Task in progress' })),
  due: Nullable(Type.String({ description: 'Waiting task' })),
  held: Nullable(
    Type.Object({
      reason: Text,
      until: Nullable(Type.String({ description: 'Null: until somebody resumes it' })),
    }),
  ),
  sweep: Nullable(
    Type.Object(
      {
        schedule: OptionalText,
        most_gone: Type.Number({ description: 'Maximum share of entities that one sweep may delete' }),
      },
      { description: 'Null: deletions at the source cannot be found' },
    ),
  ),
  windows: Type.Array(Window, { description: 'The last windows, newest first' }),
})

export const ReadList = Type.Object({ items: Type.Array(ReadStatus) })
export const ReadId = Type.Object({ id: PathText() })

export const CutDateBody = Type.Object(
  {
    cut_date: Type.Union([Type.String(), Type.Null()], { description: 'ISO 8601; null: begin at startFrom again' }),
    revision: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: "The read's current revision, which also confirms the effects",
      }),
    ),
    confirm: Type.Boolean({
      default: false,
      description: 'Instead of the revision; without both, 409 gives the effects',
    }),
    reason: Type.String({ minLength: 1, maxLength: 1000 }),
  },
  { additionalProperties: false },
)
