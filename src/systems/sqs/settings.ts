import { StreamError } from '../../errors.ts'
import { isQueueName, queueAddress } from '../../platform/queue-address.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import type { SqsSettings } from './calls.ts'

/** Throws `configuration_invalid`, naming what is missing. */
export function sqsSettings(system: ConfiguredSystem): SqsSettings {
  const { secrets, settings } = system
  const place = queueAddress(system.address)
  if (place === undefined) {
    throw invalid(system, 'address', 'must be the endpoint, https://host, or a queue, https://host/<account>/<name>')
  }
  const { accessKeyId, secretAccessKey } = secrets
  const region = settings['region']
  if (region === undefined || region === '') throw invalid(system, 'settings.region', 'is missing')
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw invalid(system, 'secrets', 'need accessKeyId and secretAccessKey, or neither for the role of the machine')
  }
  return {
    address: system.address,
    endpoint: place.endpoint,
    ownQueue: place.queueUrl,
    account: `${place.endpoint} ${place.account ?? system.id}`,
    region,
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null,
    limits: system.limits,
  }
}

/** How the queues of a system are read. */
export interface QueueSettings {
  /** Name of the queue of the entity; null: the one that the address is. */
  readonly queue: string | null
  /** How long a message that was taken is hidden from others; it is extended while it is worked on. */
  readonly visibilitySeconds: number
  /** How long a drained queue has to be seen empty before it is deleted. */
  readonly quietSeconds: number
  /** Of amounts whose message names none. */
  readonly currency: string | null
}

/** AWS: its counts of messages may be a minute late. */
const QUIET_SECONDS = 60
const VISIBILITY_SECONDS = 120
const LONGEST_VISIBILITY = 43_200

/** `filter.queue` of a read comes before the system's queue of the entity. Throws `configuration_invalid`. */
export function queueSettings(
  system: Pick<ConfiguredSystem, 'id' | 'settings'>,
  { entity, filter }: { readonly entity: string; readonly filter: Readonly<Record<string, string>> },
): QueueSettings {
  const { settings } = system
  const seconds = (name: string, usual: number, least: number): number => {
    const text = settings[name]
    if (text === undefined) return usual
    const value = Number(text)
    if (Number.isInteger(value) && value >= least && value <= LONGEST_VISIBILITY) return value
    throw invalid(system, `settings.${name}`, `must be whole seconds, ${least} to ${LONGEST_VISIBILITY}`)
  }
  const setting = `${entity}Queue`
  const [queue, field] =
    filter['queue'] === undefined ? [settings[setting], `settings.${setting}`] : [filter['queue'], 'filter.queue']
  if (queue !== undefined && !isQueueName(queue)) throw invalid(system, field, 'is no name of a queue')
  return {
    queue: queue ?? null,
    visibilitySeconds: seconds('visibilitySeconds', VISIBILITY_SECONDS, 1),
    quietSeconds: seconds('quietSeconds', QUIET_SECONDS, 0),
    currency: settings['currency'] ?? null,
  }
}

function invalid({ id }: { readonly id: string }, field: string, problem: string): StreamError {
  return new StreamError('configuration_invalid', `system ${id} (sqs): ${field} ${problem}`, { field })
}
