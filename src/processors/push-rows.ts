import type { Connection } from '../configuration/model.ts'
import type { DeclarationOf } from '../events/entities.ts'
import { derivedEventId } from '../events/identity.ts'
import {
  type PushedEntity,
  recordKey,
  shopKind,
  type TopicEvents,
  type UniversalKind,
  universalKind,
} from '../events/topics.ts'
import type { Decision, Output, ProcessContext, Processed, Processor } from './processor.ts'

type Row = TopicEvents[UniversalKind]

/**
 * Rows of a feed → what a shop that does not pull is to have. A connection that pushes nothing of the kind is left out
 * without a word: its rows end with the feed. The shop's own rows are not sent back to it.
 */
export function pushProcessor<E extends PushedEntity>({ name: entity }: DeclarationOf<E>): Processor<`universal-${E}`> {
  const stage = `push-${entity}`
  return {
    name: stage,
    from: universalKind(entity),
    remembers: false,
    async process(event, { connections }: ProcessContext): Promise<Processed<never>> {
      const pushing = connections.filter(({ push }) => push.includes(entity))
      const [own, sent] = [
        pushing.filter(({ shop }) => shop === event.source),
        pushing.filter(({ shop }) => shop !== event.source),
      ]
      return {
        outputs: sent.map((connection) => {
          const { shop: system, id } = connection
          const pushed = pushedRow(stage, event, connection)
          // Kind and row are of one entity.
          return { kind: shopKind(entity), system, key: recordKey(id, event.key), event: pushed } as Output
        }),
        decisions: [...own.map(shopsOwn), ...sent.map(processing)],
      }
    },
  }
}

/** The row with an id of its own: the content, and so its digest, stays. */
function pushedRow(stage: string, event: Row, { id, revision }: Connection): Row {
  return { ...event, eventId: derivedEventId(event.eventId, stage, id, revision) } as Row
}

function processing({ id }: Connection): Decision {
  return { connection: id, status: 'processing', code: null, message: null }
}

function shopsOwn({ id, shop }: Connection): Decision {
  return { connection: id, status: 'ignored', code: 'shops_own', message: `it was read from ${shop} itself` }
}
