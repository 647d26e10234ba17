import { StreamError } from '../../src/errors.ts'
import type { SqsClient } from '../../src/systems/sqs/client.ts'

interface Held {
  readonly id: string
  readonly body: string
  readonly sentAt: number
  hiddenUntil: number
}

/**
 * A queue in memory by a clock of the test's own; messages come in the order they were sent. `waited` is called for a
 * receipt that waits for messages in vain: time goes on meanwhile.
 */
export function memoryQueue(
  clock: { now(): number },
  waited: (ms: number) => void = () => undefined,
  address = 'https://sqs.example.com/1/orders',
) {
  let messages: Held[] = []
  let exists = true
  const calls: string[] = []
  const touch = (call: string) => {
    calls.push(call)
    if (!exists) throw new StreamError('not_found', `${call}: the queue does not exist`)
  }
  const client: SqsClient = {
    address,
    ownQueue: address,
    queueUrl: async (name) => `https://sqs.example.com/1/${name}`,
    async receive(_queue, { limit, visibilitySeconds, waitSeconds }) {
      touch('receive')
      const found = messages.filter(({ hiddenUntil }) => hiddenUntil <= clock.now()).slice(0, limit)
      if (found.length === 0) waited(waitSeconds * 1000)
      for (const message of found) message.hiddenUntil = clock.now() + visibilitySeconds * 1000
      return found.map(({ id, body, sentAt }) => ({ id, body, sentAt, handle: id }))
    },
    async remove(_queue, handles) {
      touch(`remove ${handles.join(' ')}`)
      messages = messages.filter(({ id }) => !handles.includes(id))
    },
    async hide(_queue, handles, seconds) {
      touch(`hide ${seconds}`)
      for (const message of messages) {
        if (handles.includes(message.id)) message.hiddenUntil = clock.now() + seconds * 1000
      }
    },
    async counts() {
      touch('counts')
      const visible = messages.filter(({ hiddenUntil }) => hiddenUntil <= clock.now()).length
      return { visible, inFlight: messages.length - visible, delayed: 0 }
    },
    async deleteQueue() {
      touch('delete queue')
      exists = false
    },
    for: () => client,
    check: async () => ({ date: null }),
  }
  return {
    client,
    calls,
    send(id: string, body: unknown, sentAt = clock.now()) {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      messages.push({ id, body: text, sentAt, hiddenUntil: 0 })
    },
    left: () => messages.map(({ id }) => id),
    exists: () => exists,
  }
}
