import { type TSchema, Type } from 'typebox'
import { entities } from '../../events/topics.ts'
import { sweeps } from '../../operations/sync.ts'
import { PathText } from '../path-text.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const Given = Type.String({ minLength: 1, maxLength: 1000 })

export const SyncRequestBody = Type.Object(
  {
    read: Type.Optional(Type.String({ minLength: 1, description: 'Id of the read; else system and entity' })),
    system: Type.Optional(Type.String({ minLength: 1 })),
    entity: Type.Optional(Type.Enum([...entities])),
    scope: Type.Optional(Type.String({ minLength: 1, description: 'Default: all' })),
    from: Type.Optional(Type.String({ description: 'ISO 8601: read again from here; the cut date stays' })),
    sweep: Type.Optional(
      Type.Enum([...sweeps], {
        description:
          'Instead of reading, find entities that are gone at the source: preview reports them, check deletes them unless there are more than the read allows, accept deletes any number',
      }),
    ),
    reason: Type.Optional(Given),
    requestId: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'A repeated id is the same request' }),
    ),
    queueUrl: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1000,
        description:
          "A queue of the read's system to drain, besides the configured queues, if the system is a queue service",
      }),
    ),
  },
  { additionalProperties: false },
)

export const SyncRequest = Type.Object({
  id: Text,
  read: Text,
  task: Type.String({ description: 'Id of its task' }),
  trigger: Text,
  requested_at: Text,
  requested_by: Text,
  reason: Nullable(Text),
  from: Nullable(Text),
  state: Type.String({ description: 'requested, then due, running, ended, failed, incomplete or merged' }),
  merged_into: Nullable(Type.String({ description: 'The waiting task that it was merged into' })),
  queue_url: Nullable(Type.String({ description: 'The queue to drain' })),
})

export const RequestId = Type.Object({ id: PathText() })

export const WebhookBody = Type.Object({
  id: Type.String({ description: 'Id of the hook; a repeated id is ignored' }),
  reads: Type.Optional(Type.Array(Text, { description: 'Ids of reads; default: all of the system' })),
})

export const WebhookAnswer = Type.Object({
  duplicate: Type.Boolean({ description: 'True: the id was received before, and no new run was requested' }),
  requests: Type.Array(Type.Object({ id: Text, read: Text, task: Text, merged_into: Nullable(Text) })),
})
