import type { Read } from '../../configuration/model.ts'
import { currencyCode, setting, text, type ValuesOf, whole } from '../../configuration/setting.ts'
import { type ConfiguredSystem, type ConnectableSystem, filterOf, settingError } from '../kit/configured-system.ts'
import type { SqsSettings } from './calls.ts'
import { queueAddress } from './queue-address.ts'

const LONGEST_VISIBILITY = 43_200

/** What SQS accepts as the name of a queue. */
const queueName = text({
  pattern: /(?=.{1,80}$)[A-Za-z0-9_-]+(\.fifo)?/,
  expected: 'the name of a queue: up to 80 letters, digits, _ and -, perhaps with .fifo',
})
const queueOf = (entity: string) =>
  setting(queueName, {
    description: `queue of ${entity}; a read's filter.queue overrides it; without either, the address is the queue`,
  })

export const settings = {
  region: setting(text({ pattern: /[a-z0-9-]+/, expected: 'an AWS region, such as eu-central-1' }), {
    required: true,
    description: 'region that calls are signed for',
  }),
  ordersQueue: queueOf('orders'),
  productsQueue: queueOf('products'),
  inventoryQueue: queueOf('inventory'),
  imagesQueue: queueOf('images'),
  currency: setting(currencyCode, { description: 'ISO 4217 code for orders and prices whose message has no currency' }),
  visibilitySeconds: setting(whole({ minimum: 1, maximum: LONGEST_VISIBILITY }), {
    default: 120,
    description: 'how long a received message is hidden from others; extended while it is being processed',
  }),
  // AWS: message counts may be a minute late.
  quietSeconds: setting(whole({ minimum: 0, maximum: LONGEST_VISIBILITY }), {
    default: 60,
    description: 'how long a drained queue must stay empty before it is deleted',
  }),
}

/** `filter` of reads. */
export const queueFilter = { queue: setting(queueName, { description: "name of the read's queue" }) }

/** `filter` of reads of stock. */
export const stockFilter = {
  ...queueFilter,
  storeId: setting(text({ expected: 'the id of a store' }), {
    description: 'the store whose rows count if messages have rows of several stores',
  }),
}

export type SqsValues = ValuesOf<typeof settings>

export const secrets = {
  ways: [
    { accessKeyId: 'access key id of a user', secretAccessKey: 'its secret access key' },
    // The SDK's own chain: environment, profile, role of the machine.
    {},
  ],
}

export function addressProblem(address: string): string | null {
  if (queueAddress(address) !== undefined) return null
  return 'must be the endpoint, https://host, or a queue, https://host/<account>/<name>'
}

/**
 * Throws `configuration_invalid` naming what is missing; also if there are no secrets and the system may not use the
 * role of the process.
 */
export function clientSettings(
  system: ConnectableSystem<SqsValues>,
  mayUseRole: (system: string) => boolean = () => false,
): SqsSettings {
  const place = queueAddress(system.address)
  if (place === undefined) throw settingError(system, 'sqs', 'address', addressProblem(system.address) ?? '')
  const { accessKeyId, secretAccessKey } = system.secrets
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw settingError(
      system,
      'sqs',
      'secrets',
      'need both accessKeyId and secretAccessKey, or neither to use the role of the machine',
    )
  }
  if (accessKeyId === undefined && !mayUseRole(system.id)) {
    const way = `need accessKeyId and secretAccessKey; or have the operator add ${system.id} to AWS_ROLE_SYSTEMS`
    throw settingError(system, 'sqs', 'secrets', `${way}, which lets it use the AWS credentials of the process`)
  }
  return {
    address: system.address,
    endpoint: place.endpoint,
    ownQueue: place.queueUrl,
    account: `${place.endpoint} ${place.account ?? system.id}`,
    region: system.settings.region,
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null,
    limits: system.limits,
  }
}

/** How the queues of a system are read. */
export interface QueueSettings extends Pick<SqsValues, 'visibilitySeconds' | 'quietSeconds' | 'currency'> {
  /** Name of the entity's queue; null: the address is the queue. */
  readonly queue: string | null
}

/** `filter.queue` of a read overrides the system's queue of the entity. Throws `configuration_invalid`. */
export function queueSettings(
  { settings }: Pick<ConfiguredSystem<SqsValues>, 'settings'>,
  entity: QueuedEntity,
  read: Pick<Read, 'id' | 'filter'>,
): QueueSettings {
  const { visibilitySeconds, quietSeconds, currency } = settings
  const { queue } = filterOf(queueFilter, read)
  return { queue: queue ?? settings[`${entity}Queue`], visibilitySeconds, quietSeconds, currency }
}

/** Entities that have queues. */
export type QueuedEntity = 'orders' | 'products' | 'inventory' | 'images'
