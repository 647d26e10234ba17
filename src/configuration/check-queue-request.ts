import { StreamError } from '../errors.ts'
import type { System } from './model.ts'
import type { SystemTypes } from './system-type.ts'

/**
 * The queue that a request names, for a read to drain. Throws `request_invalid` when the read's system has no queues,
 * or when the queue is not at the system's address.
 */
export function checkQueueRequest(
  { systems, systemTypes }: { readonly systems: readonly System[]; readonly systemTypes: SystemTypes },
  read: string,
  queueUrl: string,
): string {
  const system = systems.find(({ reads }) => reads.some(({ id }) => id === read))
  const type = systemTypes.get(system?.type ?? '')
  if (system === undefined || type?.isQueue !== true) {
    const message = `queueUrl: ${read} reads from a ${system?.type} system, which has no queues; name a read of a queue`
    throw new StreamError('request_invalid', message, { field: 'queueUrl' })
  }
  return type.queueUrl(system.address, queueUrl)
}
