import { describe, expect, it } from 'vitest'
import { checkQueueUrl, queueAddress } from '../../../../src/systems/sqs/queue-address.ts'

const HOST = 'https://sqs.eu-central-1.amazonaws.com'

describe('the address of queues', () => {
  it.each([
    [HOST, { endpoint: HOST, account: null, queueUrl: null }],
    [`${HOST}/`, { endpoint: HOST, account: null, queueUrl: null }],
    [`${HOST}/12/orders.fifo`, { endpoint: HOST, account: '12', queueUrl: `${HOST}/12/orders.fifo` }],
    [
      'http://127.0.0.1:9324/0/q',
      { endpoint: 'http://127.0.0.1:9324', account: '0', queueUrl: 'http://127.0.0.1:9324/0/q' },
    ],
  ])('%s is read', (text, address) => expect(queueAddress(text)).toEqual(address))

  it.each([
    'nowhere',
    'ftp://host/1/q',
    `${HOST}/12`,
    `${HOST}/12/orders/more`,
    `${HOST}/12/or%20ders`,
    `${HOST}/12/orders?x=1`,
    'https://user:secret@host/1/q',
    `${HOST}/12/${'q'.repeat(81)}`,
    `${HOST}//orders`,
  ])('%s is none', (text) => expect(queueAddress(text)).toBeUndefined())
})

describe('a queue that is asked for', () => {
  it.each([
    [HOST, `${HOST}/12/tmp`],
    [`${HOST}/12/orders`, `${HOST}/12/tmp`],
  ])('at %s may be %s', (address, queueUrl) => expect(checkQueueUrl(address, queueUrl)).toBe(queueUrl))

  it.each([
    [
      HOST,
      'https://sqs.eu-central-1.amazonaws.com.evil.com/12/tmp',
      /is at https:\/\/sqs.eu-central-1.amazonaws.com.evil.com/,
    ],
    [HOST, 'https://sqs.us-east-1.amazonaws.com/12/tmp', /is at/],
    [HOST, 'http://sqs.eu-central-1.amazonaws.com/12/tmp', /is at http:/],
    [HOST, `${HOST.replace('https://', 'https://evil.com@')}/12/tmp`, /must be the address of a queue/],
    [`${HOST}/12/orders`, `${HOST}/13/tmp`, /belongs to account 13; the system's queues belong to account 12/],
    [HOST, HOST, /must be the address of a queue/],
    ['nowhere', `${HOST}/12/tmp`, /not an SQS address/],
  ])('at %s may not be %s', (address, queueUrl, message) => {
    expect(() => checkQueueUrl(address, queueUrl)).toThrow(message)
    expect(() => checkQueueUrl(address, queueUrl)).toThrow(
      expect.objectContaining({ code: 'request_invalid', field: 'queueUrl' }),
    )
  })
})
