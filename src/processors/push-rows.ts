import type { Connection, PushedEntity } from '../configuration/model.ts'
import { derivedEventId } from '../events/identity.ts'
import { entityOf, recordKey, type TopicEvents, type UniversalKind } from '../events/topics.ts'
import type { Decision, Output, ProcessContext, Processed, Processor } from './processor.ts'

type Row = TopicEvents[UniversalKind]

/** What every event for a shop says about where it comes from; its data is the row's. */
type Pushed<D> = Omit<Row, 'data'> & { readonly data: D }

/**
 * Rows of a feed → what a shop that does not pull is to have. A connection that pushes nothing of the kind is left out
 * without a word: its rows end with the feed. The shop's own rows are not sent back to it.
 */
function pushRows<K extends UniversalKind>(
  kind: K,
  name: string,
  output: (system: string, key: string, event: Pushed<TopicEvents[K]['data']>) => Output,
): Processor<K> {
  const entity = entityOf(kind) as PushedEntity
  return {
    name,
    from: kind,
    remembers: false,
    process(event: TopicEvents[K], { connections }: ProcessContext): Processed<never> {
      const pushing = connections.filter(({ push }) => push.includes(entity))
      const [own, sent] = [
        pushing.filter(({ shop }) => shop === event.source),
        pushing.filter(({ shop }) => shop !== event.source),
      ]
      return {
        outputs: sent.map((connection) => {
          const pushed = pushedRow(name, event, connection) as Pushed<TopicEvents[K]['data']>
          return output(connection.shop, recordKey(connection.id, event.key), pushed)
        }),
        decisions: [...own.map(shopsOwn), ...sent.map(processing)],
      }
    },
  }
}

export const pushProducts = pushRows('universal-products', 'push-products', (system, key, event) => {
  return { kind: 'shop-products', system, key, event }
})
export const pushInventory = pushRows('universal-inventory', 'push-inventory', (system, key, event) => {
  return { kind: 'shop-inventory', system, key, event }
})
export const pushImages = pushRows('universal-images', 'push-images', (system, key, event) => {
  return { kind: 'shop-images', system, key, event }
})

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
