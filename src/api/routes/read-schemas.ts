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
  read: Type.Integer({ description: 'Rows given by the source; a row given twice counts twice' }),
  keys: Type.Integer({ description: 'Different keys read' }),
  published: Count,
  unchanged: Count,
  unreadable: Count,
  missing: Type.Integer({ description: 'Keys of the window that its first reading did not have' }),
  read_again: Type.Integer({ description: 'Rows given again for what was missing' }),
  digest: Nullable(Type.String({ description: 'Of every key read with its change time' })),
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
  cut_date: Nullable(Type.String({ description: 'Everything before it was read; null: nothing was yet' })),
  revision: Type.Integer({ description: 'Of the cut date: send it with a change of it' }),
  lease: Nullable(Type.Object({ worker: Text, until: Text })),
  current: Nullable(Type.String({ description: 'Task under way' })),
  due: Nullable(Type.String({ description: 'Task that waits' })),
  held: Nullable(
    Type.Object({
      reason: Text,
      until: Nullable(Type.String({ description: 'Null: until somebody resumes it' })),
    }),
  ),
  sweep: Nullable(
    Type.Object(
      { schedule: OptionalText, most_gone: Type.Number({ description: 'Share that may be gone at once' }) },
      { description: 'Null: what is gone at the source can not be found' },
    ),
  ),
  windows: Type.Array(Window, { description: 'The last ones, newest first' }),
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
        description: 'As the read has it: it confirms what it affects',
      }),
    ),
    confirm: Type.Boolean({
      default: false,
      description: 'Instead of the revision; without both 409 says what it affects',
    }),
    reason: Type.String({ minLength: 1, maxLength: 1000 }),
  },
  { additionalProperties: false },
)
