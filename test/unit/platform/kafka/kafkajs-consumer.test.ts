import kafkajs, { type Kafka } from 'kafkajs'
import pino from 'pino'
import { expect, it } from 'vitest'
import { consume } from '../../../../src/platform/kafka/kafkajs-consumer.ts'

const { KafkaJSProtocolError } = kafkajs

const protocolError = (type: string, code: number) =>
  new KafkaJSProtocolError({ name: type, message: type, type, code, retriable: true } as unknown as Error)

const events = { GROUP_JOIN: 'join', HEARTBEAT: 'beat', REBALANCING: 'rebalancing', STOP: 'stop', CRASH: 'crash' }

/** Joins a group whose coordinator answers by these errors, one a consumer, and then takes the member. */
async function joinAfter(...errors: readonly Error[]) {
  const left = [...errors]
  const told: unknown[] = []
  let consumers = 0
  const kafka = {
    consumer() {
      consumers += 1
      const listeners = new Map<string, (event: { payload: object }) => void>()
      return {
        events,
        on: (event: string, listener: (event: { payload: object }) => void) => listeners.set(event, listener),
        connect: async () => undefined,
        subscribe: async () => undefined,
        disconnect: async () => undefined,
        async run() {
          const error = left.shift()
          if (error !== undefined) return listeners.get(events.CRASH)?.({ payload: { error, groupId: 'g' } })
          listeners.get(events.GROUP_JOIN)?.({ payload: { memberAssignment: { t: [0] } } })
        },
      }
    },
  }
  const options = { group: 'g', topics: ['t'], from: 'earliest', onBatch: async () => undefined } as const
  const onFailure = (error: unknown) => void told.push(error)
  const logger = pino({ level: 'silent' })
  const consumption = await consume(kafka as unknown as Kafka, { ...options, onFailure }, logger, {})
  return { owns: consumption.owns('t', 0), told, consumers }
}

it.each([
  ['NOT_COORDINATOR_FOR_GROUP', 16],
  ['GROUP_COORDINATOR_NOT_AVAILABLE', 15],
  ['GROUP_LOAD_IN_PROGRESS', 14],
] as const)('joins again when the coordinator of its group is moving: %s', async (type, code) => {
  const joined = await joinAfter(protocolError(type, code), protocolError(type, code))
  expect(joined).toEqual({ owns: true, told: [], consumers: 3 })
})

it('leaves any other failure to the runtime', async () => {
  const { owns, told, consumers } = await joinAfter(protocolError('GROUP_AUTHORIZATION_FAILED', 30))
  expect({ owns, consumers }).toEqual({ owns: false, consumers: 1 })
  expect(told).toEqual([expect.objectContaining({ code: 'broker_unavailable' })])
})

it('says which setting two processes have in common', async () => {
  const { told } = await joinAfter(protocolError('FENCED_INSTANCE_ID', 82))
  expect(told).toEqual([
    expect.objectContaining({ code: 'instance_taken', message: expect.stringContaining('KAFKA_INSTANCE_ID') }),
  ])
})
