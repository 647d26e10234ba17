import { StreamError } from '../../errors.ts'

/** Where queues are: the service and, if the address names them, the account and queue. */
export interface QueueAddress {
  /** Protocol, host and port. */
  readonly endpoint: string
  readonly account: string | null
  /** The address itself if it is a queue's URL. */
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

/** Whether SQS accepts the text as a queue name. */
function isQueueName(text: string): boolean {
  return /^(?=.{1,80}$)[A-Za-z0-9_-]+(\.fifo)?$/.test(text)
}

/**
 * The URL of a requested queue. Throws `request_invalid` if it is not at the system's own address: the system's
 * credentials are only for that address, and those who may request runs must not send them elsewhere.
 */
export function checkQueueUrl(address: string, queueUrl: string): string {
  const queueUrlError = (why: string) => new StreamError('request_invalid', `queueUrl ${why}`, { field: 'queueUrl' })
  const queue = queueAddress(queueUrl)
  if (queue === undefined || queue.queueUrl === null) {
    throw queueUrlError('must be the address of a queue: https://host/<account>/<name>')
  }
  const own = queueAddress(address)
  if (own === undefined) throw queueUrlError("can't be compared with the system's address, which is not an SQS address")
  if (queue.endpoint !== own.endpoint) {
    throw queueUrlError(`is at ${queue.endpoint}; only queues at the system's address ${own.endpoint} are read`)
  }
  if (own.account !== null && queue.account !== own.account) {
    throw queueUrlError(`belongs to account ${queue.account}; the system's queues belong to account ${own.account}`)
  }
  return queue.queueUrl
}
