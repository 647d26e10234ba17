import kafkajs, { type Kafka } from 'kafkajs'
import { expect, it } from 'vitest'
import { createAdmin } from '../../../../src/platform/kafka/kafkajs-admin.ts'

const { KafkaJSProtocolError } = kafkajs

const protocolError = (type: string, code: number) =>
  new KafkaJSProtocolError({ name: type, message: type, type, code, retriable: true } as unknown as Error)

/** An admin whose broker answers the question for a group's offsets by these errors, then by the offset 7. */
async function adminAfter(...errors: readonly Error[]) {
  const left = [...errors]
  const kafka = {
    admin: () => ({
      connect: async () => undefined,
      async fetchOffsets() {
        const error = left.shift()
        if (error !== undefined) throw error
        return [{ topic: 't', partitions: [{ partition: 0, offset: '7' }] }]
      },
    }),
  }
  return await createAdmin(kafka as unknown as Kafka)
}

it.each([
  ['NOT_COORDINATOR_FOR_GROUP', 16],
  ['GROUP_COORDINATOR_NOT_AVAILABLE', 15],
  ['GROUP_LOAD_IN_PROGRESS', 14],
] as const)('asks again for the offsets of a group whose coordinator is moving: %s', async (type, code) => {
  const admin = await adminAfter(protocolError(type, code), protocolError(type, code))
  expect(await admin.committed('g', 't')).toEqual(new Map([[0, 7n]]))
})

it('does not ask again when the group may not be read', async () => {
  const admin = await adminAfter(protocolError('GROUP_AUTHORIZATION_FAILED', 30))
  await expect(admin.committed('g', 't')).rejects.toMatchObject({ code: 'broker_unavailable' })
})
