import { StreamError } from '../../errors.ts'

/** Where queues are: the service, and the account and queue where the address names them. */
export interface QueueAddress {
  /** Protocol, host and port. */
  readonly endpoint: string
  readonly account: string | null
  /** The address itself where it is a queue's. */
  readonly queueUrl: string | null
}

/** `https://host`, or a queue's `https://host/<account>/<name>`. Undefined for anything else. */
export function queueAddress(text: string): QueueAddress | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, origin, pathname, search, hash, username } = new URL(text)
  if (!/^https?:$/.test(protocol) || search !== '' || hash !== '' || username !== '') return undefined
  if (pathname === '/') return { endpoint: origin, account: null, queueUrl: null }
  const [, account, name, ...more] = pathname.split('/')
  if (account === undefined || account === '' || more.length > 0 || !isQueueName(name ?? '')) return undefined
  return { endpoint: origin, account, queueUrl: origin + pathname }
}

/** What SQS takes as a queue's name. */
function isQueueName(text: string): boolean {
  return /^(?=.{1,80}$)[A-Za-z0-9_-]+(\.fifo)?$/.test(text)
}

/**
 * The queue's URL as it is asked for. Throws `request_invalid` for one that is not at the system's own address: the system's
 * credentials are for that alone, and whoever may ask for runs may not point them elsewhere.
 */
export function checkQueueUrl(address: string, queueUrl: string): string {
  const queueUrlError = (why: string) => new StreamError('request_invalid', `queueUrl ${why}`, { field: 'queueUrl' })
  const queue = queueAddress(queueUrl)
  if (queue === undefined || queue.queueUrl === null) {
    throw queueUrlError('must be the address of a queue: https://host/<account>/<name>')
  }
  const own = queueAddress(address)
  if (own === undefined) throw queueUrlError("can't be compared with the system's address, which is no address of SQS")
  if (queue.endpoint !== own.endpoint) {
    throw queueUrlError(
      `is at ${queue.endpoint}; the system's queues are at ${own.endpoint}, and only those are read for it`,
    )
  }
  if (own.account !== null && queue.account !== own.account) {
    throw queueUrlError(`is of account ${queue.account}; the system's queues are of account ${own.account}`)
  }
  return queue.queueUrl
}
