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
    scope: Type.Optional(Type.String({ minLength: 1, description: 'all by default' })),
    from: Type.Optional(Type.String({ description: 'ISO 8601: read again from here; the cut date stays' })),
    sweep: Type.Optional(
      Type.Enum([...sweeps], {
        description:
          'Instead of reading, look for what is gone at the source: preview says what, check deletes it unless it is more than the read allows, accept deletes it all the same',
      }),
    ),
    reason: Type.Optional(Given),
    requestId: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'The same again is the same request' }),
    ),
    queueUrl: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1000,
        description:
          "A queue of the read's system that is drained, beside the configured queues, where the system is a queue service",
      }),
    ),
  },
  { additionalProperties: false },
)

export const SyncRequest = Type.Object({
  id: Text,
  read: Text,
  task: Type.String({ description: 'Id of the task it makes' }),
  trigger: Text,
  requested_at: Text,
  requested_by: Text,
  reason: Nullable(Text),
  from: Nullable(Text),
  state: Type.String({ description: 'requested, then due, running, ended, failed, incomplete or merged' }),
  merged_into: Nullable(Type.String({ description: 'The task it joined, which waited already' })),
  queue_url: Nullable(Type.String({ description: 'The queue to drain' })),
})

export const RequestId = Type.Object({ id: PathText() })

export const WebhookBody = Type.Object({
  id: Type.String({ description: 'Of this hook: the same again is ignored' }),
  reads: Type.Optional(Type.Array(Text, { description: 'Ids of reads; all of the system by default' })),
})

export const WebhookAnswer = Type.Object({
  duplicate: Type.Boolean({ description: 'True: this id came before, and nothing new was requested' }),
  requests: Type.Array(Type.Object({ id: Text, read: Text, task: Text, merged_into: Nullable(Text) })),
})
