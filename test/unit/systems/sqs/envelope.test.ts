// Queues are written by SNS and EventBridge, too, and by clients that put large messages into S3: all of these were dead letters.
import { describe, expect, it } from 'vitest'
import { openMessage } from '../../../../src/systems/sqs/envelope.ts'

const order = { order_id: '7', grand_total: 1.1, note: '####' }
const text = JSON.stringify(order)
const read = { ...order, note: null }
const wiresOf = (body: unknown) =>
  openMessage(typeof body === 'string' ? body : JSON.stringify(body)).map((part) => ('wire' in part ? part.wire : part))
const errorOf = (body: unknown) => {
  const [part] = openMessage(typeof body === 'string' ? body : JSON.stringify(body))
  return part !== undefined && 'error' in part ? String(part.error) : 'no error'
}

const sns = (Message: string) => ({
  Type: 'Notification',
  MessageId: 'b1f4',
  TopicArn: 'arn:aws:sns:eu-central-1:123456789012:orders',
  Message,
  Timestamp: '2026-03-02T18:04:11.123Z',
  SignatureVersion: '1',
  Signature: 'x',
  SigningCertURL: 'https://sns.eu-central-1.amazonaws.com/x.pem',
  UnsubscribeURL: 'https://sns.eu-central-1.amazonaws.com/',
})
const event = (detail: unknown) => ({
  version: '0',
  id: 'd1',
  'detail-type': 'OrderPlaced',
  source: 'shop.orders',
  account: '123456789012',
  time: '2026-03-02T18:04:11Z',
  region: 'eu-central-1',
  resources: [],
  detail,
})
const base64 = (plain: string) => Buffer.from(plain).toString('base64')

describe('a message', () => {
  it.each([
    ['bare', text],
    ['of SNS', sns(text)],
    ['of EventBridge', event(order)],
    ['of EventBridge by SNS', sns(JSON.stringify(event(order)))],
    ['of base64', base64(text)],
    ['of base64, in lines', base64(text).replace(/.{10}/g, '$&\n')],
    ['of base64 by SNS', sns(base64(text))],
    ['of JSON in JSON', JSON.stringify(text)],
    ['of a list', [order]],
  ])('%s is opened', (_name, body) => {
    expect(wiresOf(body)).toEqual([read])
  })

  it('keeps numbers to the digit, and its own text as raw', () => {
    const exact = '{"order_id":12345678901234567890,"grand_total":0.30000000000000004}'
    const [part] = openMessage(JSON.stringify(sns(exact)))
    expect(part).toMatchObject({ raw: exact, wire: { order_id: '12345678901234567890' } })
    expect(openMessage(` ${text} `)).toMatchObject([{ raw: ` ${text} `, sentAt: null }])
  })

  it('has the time of its envelope', () => {
    expect(openMessage(JSON.stringify(sns(text)))).toMatchObject([{ sentAt: Date.UTC(2026, 2, 2, 18, 4, 11, 123) }])
    expect(openMessage(JSON.stringify(event(order)))).toMatchObject([{ sentAt: Date.UTC(2026, 2, 2, 18, 4, 11) }])
  })

  it('of several entities has each of them, whatever is wrong with one', () => {
    expect(wiresOf([order, 'x', { ...order, order_id: '8' }])).toMatchObject([
      read,
      { raw: '"x"', error: { code: 'source_data_invalid' } },
      { order_id: '8' },
    ])
  })

  it.each(['software.amazon.payloadoffloading.PayloadS3Pointer', 'com.amazon.sqs.javamessaging.MessageS3Pointer'])(
    'that is a %s names where its content is',
    (name) => {
      const body = [name, { s3BucketName: 'large-messages', s3Key: '0a1b' }]
      expect(errorOf(body)).toMatch('s3://large-messages/0a1b')
      expect(errorOf(sns(JSON.stringify(body)))).toMatch('s3://large-messages/0a1b')
    },
  )

  it('of SNS itself is told for what it is', () => {
    expect(errorOf({ ...sns('confirm'), Type: 'SubscriptionConfirmation' })).toMatch(/SubscriptionConfirmation of the/)
  })

  it.each([
    ['no json'],
    ['[]'],
    ['aGVsbG8='],
    [Buffer.from([0xff, 0xfe, 0xfd]).toString('base64')],
    [base64(base64(base64(base64(base64(base64(text))))))],
  ])('%j is none', (body) => {
    expect(openMessage(body)).toMatchObject([{ raw: body, error: { code: 'source_data_invalid' } }])
  })

  it('with fields of these names of its own stays as it is', () => {
    const own = { order_id: '7', Message: 'Hello', source: 'web', time: 'noon' }
    expect(wiresOf(own)).toEqual([own])
  })
})
