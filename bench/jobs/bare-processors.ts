import type { Entity, TopicEvents } from '../../src/events/topics.ts'
import { mapInventory } from '../../src/processors/map-inventory.ts'
import type { Processor, Remembered } from '../../src/processors/processor.ts'
import { routeOrders } from '../../src/processors/route-orders.ts'
import { configuration } from '../data/configuration.ts'
import { type BareJob, bareCodec } from './bare-side.ts'

/** Decode, the same pure function, encode, send a fetch's outputs in one go, all replicas acknowledging. */
function bareProcessor<K extends Entity, S extends Remembered>(
  processor: Processor<K, S>,
  to: 'vendor-orders' | 'universal-inventory',
  target: string,
): BareJob {
  const [input, output] = [bareCodec(processor.from), bareCodec(to)]
  const context = { connections: configuration.connections, metadataOf: () => undefined }
  return {
    topic: processor.from,
    async work(messages, producer) {
      const outgoing: { readonly key: string; readonly value: Buffer }[] = []
      for (const { value } of messages) {
        const event = input.decode(value) as TopicEvents[K]
        const { outputs } = await processor.process(event, context, undefined)
        for (const one of outputs) outgoing.push({ key: one.key, value: output.encode(one.event) })
      }
      if (outgoing.length > 0) await producer.send({ topic: target, acks: -1, messages: outgoing })
    },
  }
}

export function bareRoute(topicPrefix: string): BareJob {
  const [connection] = configuration.connections
  return bareProcessor(routeOrders, 'vendor-orders', `${topicPrefix}vendor-orders.${connection?.vendor}`)
}

export function bareMap(topicPrefix: string): BareJob {
  return bareProcessor(mapInventory, 'universal-inventory', `${topicPrefix}universal-inventory`)
}
