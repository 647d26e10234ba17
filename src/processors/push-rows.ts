import type { Connection } from '../configuration/model.ts'
import type { DeclarationOf } from '../events/entities.ts'
import type { UniversalInventoryChanged } from '../events/generated/events.ts'
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
import { type PushedStock, pushedStock } from './pushed-stock.ts'

type Row = TopicEvents[UniversalKind]

/**
 * Rows of a feed → what a shop that does not pull gets. Connections that do not push the kind get no decision: their
 * rows end with the feed. Rows that the shop itself is the source of are not sent back to it.
 */
export function pushProcessor<E extends PushedEntity>({
  name: entity,
}: DeclarationOf<E>): Processor<`universal-${E}`, PushedStock> {
  const stage = `push-${entity}`
  return {
    name: stage,
    from: universalKind(entity),
    remembers: entity === 'inventory',
    async process(event, { connections }: ProcessContext, before): Promise<Processed<PushedStock>> {
      const pushing = connections.filter(({ push }) => push.includes(entity))
      const [own, sent] = [
        pushing.filter(({ shop }) => shop === event.source),
        pushing.filter(({ shop }) => shop !== event.source),
      ]
      const stock = entity === 'inventory' ? pushedStock(event as UniversalInventoryChanged, sent, before) : null
      return {
        outputs: sent.map((connection) => {
          const { shop: system, id, revision } = connection
          const eventId = derivedEventId(event.eventId, stage, id, revision)
          const pushed = { ...(stock?.eventFor(connection) ?? event), eventId } as Row
          // Kind and row belong to one entity.
          return { kind: shopKind(entity), system, key: recordKey(id, event.key), event: pushed } as Output
        }),
        decisions: [...own.map(shopsOwn), ...sent.map(processing)],
        ...(stock?.state === undefined ? {} : { state: stock.state }),
      }
    },
  }
}

function processing({ id }: Connection): Decision {
  return { connection: id, status: 'processing', code: null, message: null }
}

function shopsOwn({ id, shop }: Connection): Decision {
  return { connection: id, status: 'ignored', code: 'shops_own', message: `it was read from ${shop} itself` }
}
