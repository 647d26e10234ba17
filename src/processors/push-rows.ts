import type { Connection } from '../configuration/model.ts'
import type { DeclarationOf } from '../events/entities.ts'
import type { UniversalInventoryChanged } from '../events/generated/events.ts'
import { contentDigest, derivedEventId } from '../events/identity.ts'
import {
  type PushedEntity,
  recordKey,
  shopKind,
  type TopicEvents,
  type UniversalKind,
  universalKind,
} from '../events/topics.ts'
import { sellableInventory } from '../rules/sellable-stock.ts'
import type { Decision, Output, ProcessContext, Processed, Processor } from './processor.ts'

type Row = TopicEvents[UniversalKind]

/**
 * Rows of a feed → what a shop that does not pull gets. Connections that do not push the kind get no decision: their
 * rows end with the feed. Rows that the shop itself is the source of are not sent back to it.
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
          const pushed = pushedRow(stage, entity, event, connection)
          // Kind and row belong to one entity.
          return { kind: shopKind(entity), system, key: recordKey(id, event.key), event: pushed } as Output
        }),
        decisions: [...own.map(shopsOwn), ...sent.map(processing)],
      }
    },
  }
}

/** The row with its own id, and of stock what may be sold. Any other content and its digest stay the same. */
function pushedRow(stage: string, entity: PushedEntity, event: Row, connection: Connection): Row {
  const { id, revision, sellableStock } = connection
  const eventId = derivedEventId(event.eventId, stage, id, revision)
  if (entity !== 'inventory' || sellableStock === undefined) return { ...event, eventId } as Row
  const { deleted, data: read } = event as UniversalInventoryChanged
  const data = sellableInventory(read, sellableStock)
  return { ...event, eventId, data, contentDigest: contentDigest({ deleted, data }) } as Row
}

function processing({ id }: Connection): Decision {
  return { connection: id, status: 'processing', code: null, message: null }
}

function shopsOwn({ id, shop }: Connection): Decision {
  return { connection: id, status: 'ignored', code: 'shops_own', message: `it was read from ${shop} itself` }
}
